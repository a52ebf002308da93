"""What running costs get of a gift: how it is split, which policy counts, and who decides about one."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from core.trail import ReasonMissing, trail_of
from payments.models import ShareOutcome, SharePolicy, SharePolicyDecision
from payments.monthly_calendar import warsaw_day
from payments.operations import share_policies as verbs
from payments.queries.share_policies import lower_share, share_in_force, told_of
from payments.share import returned_share, share_of
from tests.factories.share import WHY, share_policy, somebody
from tests.factories.time import NOW

TODAY = warsaw_day(NOW)
TOMORROW = TODAY + timedelta(days=1)
parts_by_fund = st.dictionaries(
    st.sampled_from(["FOREST", "WARM-NIGHT", "LEGAL", "ADMIN"]), st.integers(0, 10**7), min_size=1
)


@given(parts=parts_by_fund, permille=st.integers(0, 200))
def test_a_share_is_never_more_than_was_said_and_nothing_is_taken_from_running_costs(
    parts: dict[str, int], permille: int
) -> None:
    share = share_of(parts=parts, permille=permille)
    given_elsewhere = sum(part for code, part in parts.items() if code != "ADMIN")
    assert sum(share.values()) == given_elsewhere * permille // 1000
    assert "ADMIN" not in share
    assert all(0 < part <= parts[code] for code, part in share.items())


def test_a_share_is_split_by_largest_remainder() -> None:
    assert share_of(parts={"A": 100, "B": 101, "C": 99}, permille=50) == {"A": 5, "B": 5, "C": 5}
    assert share_of(parts={"A": 10, "B": 10}, permille=50) == {"A": 1}
    assert share_of(parts={"A": 19}, permille=50) == {}


@given(
    gross=st.integers(1, 10**7),
    permille=st.integers(0, 200),
    cuts=st.lists(st.integers(1, 10**7), min_size=1, max_size=6),
)
@settings(max_examples=60)
def test_refunds_in_any_parts_give_back_the_whole_share_and_never_more(
    gross: int, permille: int, cuts: list[int]
) -> None:
    left, share_left = gross, gross * permille // 1000
    for cut in [*cuts, gross]:
        back = min(cut, left)
        if not back:
            break
        returned = returned_share(back_minor=back, left_minor=left, share_minor=share_left)
        assert 0 <= returned <= min(back, share_left)
        left, share_left = left - back, share_left - returned
    assert (left, share_left) == (0, 0)


@pytest.mark.django_db
class TestPolicies:
    def test_none_is_in_force_until_one_was_approved_and_has_begun(self) -> None:
        assert share_in_force(now=NOW) is None
        proposed = propose(permille=50)
        assert share_in_force(now=NOW + timedelta(days=2)) is None
        verbs.approve_share_policy(policy_id=proposed.pk, actor=somebody("bartek"), reason=WHY, now=NOW)
        assert share_in_force(now=NOW) is None
        found = share_in_force(now=NOW + timedelta(days=1))
        assert found is not None
        assert (found.policy_id, found.permille, found.from_day) == (proposed.pk, 50, TOMORROW)
        assert [entry.act for entry in trail_of(subject=str(proposed))] == [
            "share_policy.proposed",
            "share_policy.approved",
        ]

    def test_the_latest_first_day_counts_and_of_two_for_one_day_the_one_approved_later(self) -> None:
        share_policy(permille=50, from_day=TODAY - timedelta(days=30))
        share_policy(permille=80, from_day=TODAY - timedelta(days=9))
        later = share_policy(permille=70, from_day=TODAY - timedelta(days=9))
        found = share_in_force(now=NOW)
        assert found is not None
        assert found.policy_id == later.pk

    def test_a_policy_of_nothing_ends_the_share(self) -> None:
        share_policy(permille=50, from_day=TODAY - timedelta(days=30))
        share_policy(permille=0)
        assert share_in_force(now=NOW) is None

    def test_its_day_begins_in_warsaw(self) -> None:
        policy = share_policy(permille=50, from_day=date(2026, 12, 24))
        before = NOW.replace(month=12, day=23, hour=22, minute=59)
        assert share_in_force(now=before) is None
        found = share_in_force(now=before + timedelta(minutes=1))
        assert found is not None
        assert found.policy_id == policy.pk

    def test_nobody_approves_their_own_not_even_past_the_code(self) -> None:
        policy = propose(permille=50)
        with pytest.raises(verbs.OwnSharePolicy):
            verbs.approve_share_policy(policy_id=policy.pk, actor=somebody("ada"), reason=WHY, now=NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            SharePolicyDecision.objects.create(
                policy=policy,
                outcome=ShareOutcome.APPROVED,
                reason=WHY,
                decided_by=somebody("ada"),
                decided_at=NOW,
            )

    def test_it_is_decided_once(self) -> None:
        policy = propose(permille=50)
        for _ in range(2):
            verbs.refuse_share_policy(policy_id=policy.pk, actor=somebody("bartek"), reason=WHY, now=NOW)
        assert SharePolicyDecision.objects.count() == 1
        with pytest.raises(verbs.ShareDecided):
            verbs.approve_share_policy(policy_id=policy.pk, actor=somebody("celina"), reason=WHY, now=NOW)
        assert share_in_force(now=NOW + timedelta(days=2)) is None

    def test_its_first_day_lies_ahead_when_it_is_proposed_and_when_it_is_approved(self) -> None:
        with pytest.raises(verbs.StartsTooSoon):
            propose(permille=50, from_day=TODAY)
        policy = propose(permille=50)
        with pytest.raises(verbs.StartsTooSoon):
            verbs.approve_share_policy(
                policy_id=policy.pk, actor=somebody("bartek"), reason=WHY, now=NOW + timedelta(days=1)
            )

    @pytest.mark.parametrize("permille", [-1, 201])
    def test_it_stays_within_a_fifth(self, permille: int) -> None:
        with pytest.raises(verbs.ShareTooHigh):
            propose(permille=permille)

    def test_without_a_reason_nothing_is_proposed_or_decided(self) -> None:
        with pytest.raises(ReasonMissing):
            propose(permille=50, reason=" ")
        policy = propose(permille=50)
        with pytest.raises(ReasonMissing):
            verbs.approve_share_policy(policy_id=policy.pk, actor=somebody("bartek"), reason="", now=NOW)

    def test_the_same_request_is_one_proposal_and_with_other_contents_none(self) -> None:
        assert propose(permille=50) == propose(permille=50)
        with pytest.raises(verbs.SharePolicyReused):
            propose(permille=60)

    def test_the_database_keeps_what_was_proposed(self) -> None:
        policy = propose(permille=50)
        with pytest.raises(DatabaseError), transaction.atomic():
            SharePolicy.objects.filter(pk=policy.pk).update(permille=10)

    def test_what_was_agreed_before_is_never_raised_and_is_lowered_at_once(self) -> None:
        agreed = share_policy(permille=50, from_day=TODAY - timedelta(days=30))
        assert lower_share(agreed=agreed, now=NOW) == agreed.pk
        share_policy(permille=80, from_day=TODAY - timedelta(days=9))
        assert lower_share(agreed=agreed, now=NOW) == agreed.pk
        assert lower_share(agreed=None, now=NOW) is None
        lower = share_policy(permille=20, from_day=TODAY - timedelta(days=3))
        assert lower_share(agreed=agreed, now=NOW) == lower.pk
        share_policy(permille=0)
        assert lower_share(agreed=agreed, now=NOW) is None

    def test_what_is_told_before_paying(self) -> None:
        assert told_of(parts={"FOREST": 5_000}, in_force=share_in_force(now=NOW)) is None
        share_policy(permille=25)
        in_force = share_in_force(now=NOW)
        told = told_of(parts={"FOREST": 5_000, "ADMIN": 1_000}, in_force=in_force)
        assert told is not None
        assert told.example_minor == 125
        with override("pl"):
            assert told.percent == "2,5%"
        with override("en"):
            assert told.percent == "2.5%"
        assert told_of(parts={"ADMIN": 1_000}, in_force=in_force) is None


def propose(*, permille: int, from_day: date = TOMORROW, reason: str = WHY) -> SharePolicy:
    """Proposed by Ada today."""
    return verbs.propose_share_policy(
        permille=permille, from_day=from_day, actor=somebody("ada"), reason=reason, request_key="form-of-ada", now=NOW
    )
