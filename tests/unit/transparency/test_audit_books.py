"""The hourly audit: quiet while all holds; staff hear of a broken promise once a day, and of no person."""

import logging

import psycopg
import pytest

from donors.models import CheckoutDraft, Mail
from donors.operations.queue_mail import read_mail
from ledger import audit
from tests.factories.time import NOW
from tests.support.database import CommittedDatabase
from transparency.operations import audit_books

BROKEN = audit.Finding(message="gift:ch_1: the provider says 100, the books say 0", entry_id=7)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, str], audit.Promise]:
    """A register of its own, with nothing in it."""
    register: dict[tuple[int, str], audit.Promise] = {}
    monkeypatch.setattr(audit, "_promises", register)
    return register


@pytest.mark.django_db
def test_nobody_is_told_while_all_promises_hold(checks) -> None:
    audit.register(3, "booked once", lambda: audit.Checked(count=5))
    assert audit_books(now=NOW).checked == [(3, "booked once", 5)]
    assert not Mail.objects.exists()


@pytest.mark.django_db
def test_staff_are_told_of_a_broken_promise_once_a_day(checks, settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.STAFF_EMAIL = "desk@store.example"
    audit.register(3, "booked once", lambda: [BROKEN])
    with caplog.at_level(logging.ERROR):
        audit_books(now=NOW)
        audit_books(now=NOW)
    address, context = read_mail(Mail.objects.get())
    assert address == "desk@store.example"
    assert "3" in context["text"]
    assert [record.promise for record in caplog.records] == [3, 3]


@pytest.mark.parametrize(("run", "seen"), [(audit.run_on_snapshot, 0), (audit.run, 1)], ids=["snapshot", "without"])
def test_what_is_committed_meanwhile_is_not_seen(committed_db: CommittedDatabase, checks, run, seen: int) -> None:
    """A check that asks twice would else compare before with after, and find a broken promise where there is none."""

    def ask_twice() -> audit.Checked:
        before = CheckoutDraft.objects.count()
        with psycopg.connect(committed_db.url) as other:
            other.execute(
                "INSERT INTO donors_checkoutdraft (token_hash, content, written_at, expires_at)"
                " VALUES ('x', 'x', now(), now())"
            )
        return audit.Checked(count=CheckoutDraft.objects.count() - before)

    audit.register(3, "asks twice", ask_twice)
    assert run().checked == [(3, "asks twice", seen)]
