"""Many at once on one monthly gift: one act, one effect. Each with its negative control."""

import threading

import psycopg
import pytest
from django.db.models import Count

from donors.models import Mail
from payments.models import MonthlyAct, MonthlyGift, ProviderCall
from payments.monthly_states import ActState, ActVerb, MonthlyKind, MonthlyState
from payments.operations.monthly import Acted, By, NotNow, NotNowReason, cancel_monthly, change_terms, skip_next
from payments.operations.monthly import skip as skipping
from stripe_sandbox.testing import Client
from tests.factories.monthly import FOREST_EACH_MONTH, make_act, make_monthly
from tests.factories.monthly_life import give_monthly
from tests.factories.time import NOW
from tests.integration.payments.test_races import at_once
from tests.support.database import CommittedDatabase

pytestmark = [pytest.mark.money, pytest.mark.slow]

AT_ONCE = 10


def change_together(gift: MonthlyGift) -> list[object]:
    return at_once(
        lambda _: change_terms(
            gift_id=gift.pk, by=By(donor_id=gift.donor_id), request_key="form", lines=[FOREST_EACH_MONTH], now=NOW
        ),
        times=AT_ONCE,
    )


def changes_at_provider(sandbox: Client, gift: MonthlyGift) -> int:
    """How many times the provider changed the subscription: each change is an event of its own."""
    events = sandbox.stripe_client().v1.events.list({"type": "customer.subscription.updated", "limit": 100}).data
    return sum(event.data.object["id"] == gift.subscription_ref for event in events)


def test_ten_identical_requests_are_one_act(committed_db: CommittedDatabase, sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    before = changes_at_provider(sandbox, gift)
    answers = change_together(gift)
    assert {answer.state for answer in answers if isinstance(answer, Acted)} == {ActState.CONFIRMED}
    assert len({answer.act_id for answer in answers if isinstance(answer, Acted)}) == 1
    assert MonthlyAct.objects.count() == 1
    assert ProviderCall.objects.filter(key__startswith="monthly_act:").count() == 1
    assert changes_at_provider(sandbox, gift) - before == 1
    assert Mail.objects.filter(kind="monthly_changed").count() == 1


def test_without_claim_and_stored_key_there_are_many_effects(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the claim always granted, the key always new, and the race shows at the provider."""
    gift = give_monthly(sandbox=sandbox)
    before = changes_at_provider(sandbox, gift)
    keys = iter(range(10_000))

    def granted(*, key: str, **_: object) -> ProviderCall:
        return ProviderCall(key=key)

    monkeypatch.setattr("payments.operations.monthly.doing.claim", granted)
    ask = "payments.stripe.adapter.StripeProvider.change_amount"
    from payments.stripe import adapter

    real = adapter.StripeProvider.change_amount

    def under_a_new_key(self: object, **given: object) -> object:
        return real(self, **{**given, "idempotency_key": f"new:{next(keys)}"})

    monkeypatch.setattr(ask, under_a_new_key)
    change_together(gift)
    assert changes_at_provider(sandbox, gift) - before > 1


def end_and_change(gift: MonthlyGift) -> list[object]:
    """An end and a change at once; each says how it went."""
    by = By(donor_id=gift.donor_id)

    def one(number: int) -> object:
        try:
            if number == 0:
                return cancel_monthly(gift_id=gift.pk, by=by, request_key="end", now=NOW).state
            return change_terms(gift_id=gift.pk, by=by, request_key="change", lines=[FOREST_EACH_MONTH], now=NOW).state
        except NotNow as refused:
            return refused.reason

    return at_once(one, times=2)


def test_an_end_and_a_change_at_once_take_turns(committed_db: CommittedDatabase, sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    said = end_and_change(gift)
    confirmed = [each for each in said if each is ActState.CONFIRMED]
    acts = MonthlyAct.objects.filter(state=ActState.CONFIRMED)
    assert acts.count() == len(confirmed) >= 1
    gift.refresh_from_db()
    if acts.filter(verb=ActVerb.CANCEL).exists():
        assert gift.state == MonthlyState.CANCELLED
    else:
        assert gift.state == MonthlyState.ACTIVE
    assert all(each is not ActState.REFUSED for each in said)


def act_at_once_past_the_lock(gift: MonthlyGift, monkeypatch: pytest.MonkeyPatch, *, times: int = 2) -> list[object]:
    """Different acts that have all seen that none is in the air, before any of them is stored."""
    meet = threading.Barrier(times, timeout=60)
    monkeypatch.setattr(
        "payments.operations.monthly.acts.locked_gift", lambda gift_id: MonthlyGift.objects.get(pk=gift_id)
    )
    from payments.operations.monthly import acts

    check = acts.check_possible

    def checked_together(**given: object) -> None:
        check(**given)
        meet.wait()

    monkeypatch.setattr("payments.operations.monthly.acts.check_possible", checked_together)
    # an act is in the air until all have been stored, or refused by the database
    monkeypatch.setattr("payments.operations.monthly.skip.carry_out", lambda *, act_id, **_: act_id)

    def one(number: int) -> object:
        try:
            return skip_next(gift_id=gift.pk, by=By(donor_id=gift.donor_id), request_key=f"form-{number}", now=NOW)
        except NotNow as refused:
            return refused.reason

    return at_once(one, times=times)


def in_the_air() -> int:
    rows = MonthlyAct.objects.filter(state=ActState.REQUESTED).values("gift").annotate(acts=Count("pk"))
    return max((row["acts"] for row in rows), default=0)


def test_the_database_lets_one_act_into_the_air(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_at_once_past_the_lock(give_monthly(sandbox=sandbox), monkeypatch)
    assert in_the_air() == 1


def test_without_the_constraint_two_are_in_the_air(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    gift = give_monthly(sandbox=sandbox)
    with psycopg.connect(committed_db.owner_url, autocommit=True) as owner:
        owner.execute("DROP INDEX monthly_act_one_at_a_time")
    act_at_once_past_the_lock(gift, monkeypatch)
    assert in_the_air() == 2


@pytest.mark.django_db
def test_a_twin_that_finds_its_own_act_in_the_air_is_that_act(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slower twin looked for the act before the quicker one had committed it, and asked what is possible after."""
    gift = make_monthly(kind=MonthlyKind.BY_HAND)
    common = {"gift_id": gift.pk, "by": By(donor_id=gift.donor_id), "request_key": "form", "now": NOW}
    check = skipping.read_subscription

    def after_a_quicker_twin(**given: object) -> object:
        monkeypatch.setattr(skipping, "read_subscription", check)
        skip_next(**common)
        raise NotNow(NotNowReason.BUSY)

    monkeypatch.setattr(skipping, "read_subscription", after_a_quicker_twin)
    answer = skip_next(**common)
    assert answer.state is ActState.CONFIRMED
    assert MonthlyAct.objects.count() == 1


@pytest.mark.django_db
def test_somebody_elses_act_in_the_air_is_still_said(monkeypatch: pytest.MonkeyPatch) -> None:
    gift = make_monthly(kind=MonthlyKind.BY_HAND)
    make_act(gift=gift, state=ActState.REQUESTED)
    with pytest.raises(NotNow):
        skip_next(gift_id=gift.pk, by=By(donor_id=gift.donor_id), request_key="mine", now=NOW)
