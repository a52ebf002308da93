"""Links in mails: one thing each, once, for a while; and only who has the mail can make one up."""

import threading
from datetime import timedelta

import pytest

from payments.models import ScopedLink
from payments.monthly_states import LinkPurpose
from payments.operations.monthly import links
from payments.operations.monthly.links import LinkKeyReused, make_link, merge_url, undo_url, use_link
from payments.queries.links import hash_of, open_link
from tests.factories.monthly import make_monthly
from tests.factories.time import NOW
from tests.integration.payments.test_races import at_once
from tests.support.database import CommittedDatabase

AT_ONCE = 20
WEEK = timedelta(days=7)


def make(key: str = "mend:in_1", purpose: LinkPurpose = LinkPurpose.MEND, now=NOW) -> str:
    gift_id = ScopedLink.objects.values_list("gift_id", flat=True).first() or make_monthly().pk
    return make_link(gift_id=gift_id, purpose=purpose, params={"invoice": "in_1"}, key=key, lives_for=WEEK, now=now)


@pytest.mark.django_db
def test_a_mail_written_twice_holds_the_same_link_with_the_first_ones_end() -> None:
    first = make()
    assert make(now=NOW + timedelta(days=2)) == first
    link = ScopedLink.objects.get()
    assert link.expires_at == NOW + WEEK
    assert make(key="mend:in_2") != first


@pytest.mark.django_db
def test_the_database_alone_opens_nothing() -> None:
    token = make()
    row = ScopedLink.objects.get()
    assert bytes(row.token_hash) == hash_of(token=token)
    kept = [str(value) for value in ScopedLink.objects.values_list().get()]
    assert token not in " ".join(kept)
    assert open_link(token=bytes(row.token_hash).hex(), purpose=LinkPurpose.MEND, now=NOW) is None


@pytest.mark.django_db
def test_another_secret_makes_other_tokens(settings) -> None:
    first = make(key="a")
    settings.DONOR_HASH_KEY = "b3RoZXItaGFzaC1rZXktb2YtMzItYnl0ZXMtZm9yLXQ="
    assert make(key="b") != first
    assert links._token("a") != first


@pytest.mark.django_db
def test_what_a_link_may_do_never_changes() -> None:
    make()
    gift_id = ScopedLink.objects.get().gift_id
    with pytest.raises(LinkKeyReused):
        make_link(
            gift_id=gift_id,
            purpose=LinkPurpose.MEND,
            params={"invoice": "in_2"},
            key="mend:in_1",
            lives_for=WEEK,
            now=NOW,
        )


@pytest.mark.django_db
def test_unknown_expired_and_foreign_links_are_alike() -> None:
    token = make()
    assert open_link(token=token, purpose=LinkPurpose.MEND, now=NOW) is not None
    assert open_link(token=token, purpose=LinkPurpose.MEND, now=NOW + WEEK - timedelta(seconds=1)) is not None
    assert open_link(token=token, purpose=LinkPurpose.MEND, now=NOW + WEEK) is None
    for purpose in set(LinkPurpose) - {LinkPurpose.MEND}:
        assert open_link(token=token, purpose=purpose, now=NOW) is None
        assert use_link(token=token, purpose=purpose, now=NOW) is None
    for nonsense in ("", "\x00", "x" * 5_000, "żółw", "\ud800", token[:-1], token + "A"):
        assert open_link(token=nonsense, purpose=LinkPurpose.MEND, now=NOW) is None
        assert use_link(token=nonsense, purpose=LinkPurpose.MEND, now=NOW) is None
    assert ScopedLink.objects.get().used_at is None


@pytest.mark.django_db
def test_all_answers_cost_the_same(django_assert_num_queries) -> None:
    token = make()
    cases = [(token, LinkPurpose.MEND, NOW), (token, LinkPurpose.UNDO, NOW), (token, LinkPurpose.MEND, NOW + WEEK)]
    for each, purpose, now in [*cases, ("unknown", LinkPurpose.MEND, NOW)]:
        with django_assert_num_queries(1):
            open_link(token=each, purpose=purpose, now=now)


@pytest.mark.django_db
def test_a_used_link_can_say_what_was_done_until_it_expires() -> None:
    token = make()
    first = use_link(token=token, purpose=LinkPurpose.MEND, now=NOW)
    again = use_link(token=token, purpose=LinkPurpose.MEND, now=NOW + timedelta(hours=1))
    assert first is not None
    assert again is not None
    assert (first.first_time, again.first_time) == (True, False)
    assert again.link.used_at == NOW
    assert use_link(token=token, purpose=LinkPurpose.MEND, now=NOW + WEEK) is None


@pytest.mark.django_db
def test_addresses_say_what_they_are_for_and_nothing_else() -> None:
    gift = make_monthly()
    undo = undo_url(gift=gift, now=NOW)
    assert undo.split("/")[-4:-2] == ["monthly", "undo"]
    assert undo_url(gift=gift, now=NOW) == undo
    keep = make_monthly(intent_key="monthly-kept", donor_id=gift.donor_id)
    merge = merge_url(gift=gift, keep_gift_id=keep.pk, now=NOW)
    link = open_link(token=merge.split("/")[-2], purpose=LinkPurpose.MERGE, now=NOW)
    assert link is not None
    assert (link.gift_id, link.params) == (gift.pk, {"keep": keep.pk})


def firsts(token: str) -> int:
    used = at_once(lambda _: use_link(token=token, purpose=LinkPurpose.UPGRADE, now=NOW), AT_ONCE)
    return sum(isinstance(each, links.Use) and each.first_time for each in used)


@pytest.mark.slow
def test_of_twenty_at_once_one_is_first(committed_db: CommittedDatabase) -> None:
    assert firsts(make(purpose=LinkPurpose.UPGRADE)) == 1


@pytest.mark.slow
def test_without_the_lock_many_are_first(committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: all have read before anyone writes."""
    token = make(purpose=LinkPurpose.UPGRADE)
    rows, meet = ScopedLink.objects, threading.Barrier(AT_ONCE, timeout=60)

    class Unlocked:
        def select_for_update(self):
            return self

        def filter(self, **given):
            found = rows.filter(**given).first()
            meet.wait()

            class Found:
                def first(self):
                    return found

            return Found()

    monkeypatch.setattr(links.ScopedLink, "objects", Unlocked())
    assert firsts(token) == AT_ONCE
