"""What strangers see: released, two weeks late, on a Monday, with week and region and nothing that staff typed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from aid_packages.evidence.models import Item, WithheldReason
from aid_packages.evidence.operations import withhold
from aid_packages.evidence.queries import public_item, seen_of_fund, shown_from
from aid_packages.models import SpendingDocument
from core.periods import WARSAW
from tests.factories.aid_life import taken_back
from tests.factories.aid_packages import make_staff
from tests.factories.evidence import picture, released, shown_to_all, taken_in
from tests.factories.time import NOW


def pages(item: Item) -> list[str]:
    return [reverse("evidence:item", args=[item.token]), reverse("evidence:file", args=[item.token])]


@pytest.mark.parametrize("days", range(15))
def test_it_is_shown_from_a_monday_at_least_two_weeks_later(days: int) -> None:
    uploaded = NOW + timedelta(days=days, hours=days)
    begins = shown_from(uploaded_at=uploaded, released_at=uploaded)
    assert begins - uploaded >= timedelta(days=14)
    assert begins - uploaded < timedelta(days=22)
    local = begins.astimezone(WARSAW)
    assert (local.weekday(), local.hour, local.minute) == (0, 0, 0)


def test_a_late_release_waits_for_the_monday_after_it() -> None:
    friday = datetime(2026, 12, 18, 15, 0, tzinfo=UTC)
    assert shown_from(uploaded_at=NOW, released_at=friday) == datetime(2026, 12, 20, 23, 0, tzinfo=UTC)


def test_to_the_instant(document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    released(item)
    begins = shown_from(uploaded_at=NOW, released_at=NOW)
    assert public_item(token=item.token, now=begins - timedelta(microseconds=1)) is None
    assert public_item(token=item.token, now=begins)


@pytest.mark.usefixtures("broker")
def test_unknown_withheld_waiting_and_recent_are_alike(document: SpendingDocument) -> None:
    waiting = taken_in(document.pk, now=timezone.now() - timedelta(days=40))
    withheld = shown_to_all(document.pk)
    withhold(
        item_id=withheld.pk,
        why=WithheldReason.PARTNER,
        actor=make_staff("bartek"),
        reason="they asked",
        now=timezone.now(),
    )
    recent = taken_in(document.pk, now=timezone.now() - timedelta(days=13))
    released(recent, now=timezone.now() - timedelta(days=13))
    unknown = [reverse(f"evidence:{name}", args=["x" * 32]) for name in ("item", "file")]
    bodies = set()
    for address in (*unknown, *pages(waiting), *pages(withheld), *pages(recent)):
        answer = Client().get(address)
        assert answer.status_code == 404
        bodies.add(answer.content.replace(address.encode(), b"").replace(address.encode().replace(b"pl", b"en"), b""))
    assert len({len(body) for body in bodies}) <= 3, "only the address itself differs"


@pytest.mark.usefixtures("broker")
def test_a_stranger_sees_kind_region_and_week(document: SpendingDocument) -> None:
    item = shown_to_all(document.pk, title="Zosia in Kanarkowo, 7 November 03:14", actor=make_staff("kanarka"))
    page, file = (Client().get(address) for address in pages(item))
    text = page.content.decode()
    assert "Północ" in text
    assert "kanarkowo" not in text.lower()
    assert "03:14" not in text
    assert "kanarka" not in text.lower()
    assert "DEMO-FIELD" not in text
    assert str(item.uploaded_at.date()) not in text
    assert file.headers["Content-Type"] == "image/jpeg"
    assert file.headers["Content-Disposition"] == f'inline; filename="{item.token}.jpg"'
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert "Last-Modified" not in file.headers


@pytest.mark.usefixtures("broker")
def test_its_etag_says_nothing_of_the_picture(document: SpendingDocument) -> None:
    sent = picture()
    twins = [shown_to_all(document.pk, content=sent) for _time in range(2)]
    tags = [Client().get(pages(item)[1]).headers["ETag"] for item in twins]
    assert tags[0] != tags[1], "the same picture twice has two names"
    again = Client(headers={"if-none-match": tags[0]}).get(pages(twins[0])[1])
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("broker")
def test_a_release_taken_back_is_gone(document: SpendingDocument) -> None:
    item = shown_to_all(document.pk)
    assert Client().get(pages(item)[1]).status_code == 200
    withhold(item_id=item.pk, why=WithheldReason.SAFETY, actor=make_staff("ada"), reason="a roof", now=timezone.now())
    assert Client().get(pages(item)[1]).status_code == 404


class TestOfNeed:
    """What the page of a need leads to."""

    def test_only_what_anybody_may_see_now(self, document: SpendingDocument) -> None:
        shown = shown_to_all(document.pk)
        taken_in(document.pk, now=timezone.now() - timedelta(days=40))
        recent = taken_in(document.pk, now=timezone.now() - timedelta(days=13))
        released(recent, now=timezone.now() - timedelta(days=13))
        late = taken_in(document.pk, now=timezone.now() - timedelta(days=40))
        released(late, now=timezone.now())
        assert [item.token for item in seen_of_fund(fund_code="WARM-NIGHT", now=timezone.now())] == [shown.token]
        assert seen_of_fund(fund_code="CONTACT", now=timezone.now()) == []
        back = {"actor": make_staff("ada"), "reason": "a roof", "now": timezone.now()}
        withhold(item_id=shown.pk, why=WithheldReason.SAFETY, **back)
        assert seen_of_fund(fund_code="WARM-NIGHT", now=timezone.now()) == []

    def test_in_one_query_the_newest_in_no_order_of_time(
        self, document: SpendingDocument, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        several = [shown_to_all(document.pk) for _time in range(4)]
        with django_assert_num_queries(1):
            found = seen_of_fund(fund_code="WARM-NIGHT", now=timezone.now(), most=3)
        assert [item.token for item in found] == sorted(item.token for item in several[1:])

    def test_none_of_a_document_that_was_taken_back(self, document: SpendingDocument) -> None:
        shown_to_all(document.pk)
        taken_back(document)
        assert seen_of_fund(fund_code="WARM-NIGHT", now=timezone.now()) == []
