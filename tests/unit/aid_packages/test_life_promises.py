"""The audit finds what is planted in the later life of envelopes: rows changed as their owner could, entries posted past
the operations."""

from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection

from aid_packages.operations import countersign_emergency
from ledger import audit
from ledger.accounts import fund_account
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, post, reverse
from tests.factories.aid_life import (
    bank_gift,
    belongs,
    covered,
    emergency,
    granted,
    make_need,
    redirected,
    take_from,
    taken_back,
)
from tests.factories.aid_packages import accepted, advanced, approved, hold, make_envelope_books, make_staff, recorded
from tests.factories.time import NOW

OURS = {12, 18, 19}


def _live() -> None:
    """One of each: a grant, a document taken back, an emergency countersigned, a redirect, a cover."""
    make_envelope_books()
    hold(fund_code="WARM-NIGHT", amount_minor=250_000, reference="warm")
    hold(fund_code="GENERAL", amount_minor=100_000, reference="general")
    allocation = approved()
    granted(allocation, amount_minor=20_000)
    advanced(allocation, amount_minor=60_000)
    taken_back(accepted(recorded(allocation, amount_minor=45_000)))
    countersign_emergency(allocation_id=emergency().pk, actor=make_staff("bartek"), reason="right so", now=NOW)
    need = make_need(goal_minor=1_000)
    bank_gift(fund_code="WARM-NIGHT", amount_minor=11_000, reference="over")
    redirected(need, amount_minor=10_000)
    take_from(fund_code="CONTACT", amount_minor=5_000, reference="late")
    covered(fund_code="CONTACT", amount_minor=5_000)


@pytest.fixture
def books(db: None) -> None:
    _live()


def _found() -> set[tuple[int, str]]:
    return {(finding.number, finding.name) for finding in audit.run().findings if finding.number in OURS}


def _as_owner(committed_db: Any, *statements: str) -> None:
    with psycopg.connect(committed_db.owner_url) as owner:
        for statement in statements:
            owner.execute(statement)


def test_clean_books_are_found_clean_and_counted(books: None) -> None:
    result = audit.run()
    assert [finding for finding in result.findings if finding.number in OURS] == []
    counted = {name: count for _number, name, count in result.checked}
    assert counted["allocations fit the fund as their approver saw it"] == 4
    assert counted["redirects go up the tree, each by a decision"] == 1
    assert counted["what was taken back mirrors what was accepted"] == 1
    assert counted["partners' envelopes stand under an agreement"] == 2


@pytest.mark.parametrize(
    ("table", "statement", "promise"),
    [
        (
            "aid_packages_redirect",
            "UPDATE aid_packages_redirect SET to_fund = 'CONTACT'",
            (12, "redirects go up the tree, each by a decision"),
        ),
        (
            "aid_packages_redirect",
            "UPDATE aid_packages_redirect SET amount_minor = 9999",
            (12, "redirects go up the tree, each by a decision"),
        ),
        (
            "aid_packages_losscover",
            "UPDATE aid_packages_losscover SET available_seen_minor = 1",
            (12, "allocations fit the fund as their approver saw it"),
        ),
        (
            "aid_packages_grant",
            "UPDATE aid_packages_grant SET amount_minor = 20001",
            (12, "spending falls on the funds of its allocations"),
        ),
        (
            "aid_packages_grant",
            "UPDATE aid_packages_grant SET amount_minor = 20001",
            (12, "what is set aside is what allocations still hold"),
        ),
        (
            "aid_packages_spendingdocument",
            "UPDATE aid_packages_spendingdocument SET state = 'accepted'",
            (12, "what was taken back mirrors what was accepted"),
        ),
        (
            "aid_packages_allocation",
            "UPDATE aid_packages_allocation SET agreement_id = NULL",
            (12, "partners' envelopes stand under an agreement"),
        ),
        (
            "aid_packages_agreement",
            "UPDATE aid_packages_agreement SET last_day = '2026-11-20'",
            (12, "partners' envelopes stand under an agreement"),
        ),
        (
            "aid_packages_countersignature",
            "UPDATE aid_packages_countersignature signed SET signed_by_id = allocation.prepared_by_id"
            " FROM aid_packages_allocation allocation WHERE allocation.id = signed.allocation_id",
            (19, "nobody approves what they prepared"),
        ),
        (
            "aid_packages_grant",
            "UPDATE aid_packages_grant given SET paid_by_id = allocation.prepared_by_id"
            " FROM aid_packages_allocation allocation WHERE allocation.id = given.allocation_id",
            (19, "nobody approves what they prepared"),
        ),
    ],
)
def test_a_row_that_its_owner_changed(committed_db: Any, table: str, statement: str, promise: tuple[int, str]) -> None:
    _live()
    _as_owner(committed_db, f"ALTER TABLE {table} DISABLE TRIGGER USER", statement)
    assert promise in _found()


@pytest.mark.parametrize("table", ["redirect", "losscover", "spendingreversal"])
def test_promise_19_decided_by_who_proposed_it(committed_db: Any, table: str) -> None:
    _live()
    _as_owner(
        committed_db,
        f"ALTER TABLE aid_packages_{table} DROP CONSTRAINT {table}_decided_by_another",
        f"ALTER TABLE aid_packages_{table} DISABLE TRIGGER USER",
        f"UPDATE aid_packages_{table} SET decided_by_id = proposed_by_id",
    )
    assert _found() == {(19, "nobody approves what they prepared")}


def test_promise_19_every_kind_of_act_by_a_member(books: None) -> None:
    belongs(make_staff("ada"))
    belongs(make_staff("bartek"))
    told = {str(finding).split(":")[1].strip() for finding in audit.run().findings if finding.number == 19}
    assert told == {"allocation", "emergency", "document", "countersignature", "grant", "reversal", "redirect"}


def test_promise_12_and_18_a_redirect_that_nobody_decided(books: None) -> None:
    lines = [
        Line(fund_account("WARM-NIGHT", FundUse.REDIRECT_OUT), 100),
        Line(fund_account("FOREST", FundUse.REDIRECT_IN), -100),
    ]
    post(reference="redirect:999", kind=EntryKind.REDIRECT, event_at=NOW, lines=lines, now=NOW)
    assert _found() == {
        (12, "redirects go up the tree, each by a decision"),
        (18, "every staff act on money has an actor, a reason and a trail"),
    }


def test_promise_18_what_was_mirrored_past_the_operations(books: None) -> None:
    lines = [
        Line(fund_account("GENERAL", FundUse.LOSS_COVER), 100),
        Line(fund_account("CONTACT", FundUse.COVERED), -100),
    ]
    entry = post(reference="loss_cover:999", kind=EntryKind.LOSS_COVER, event_at=NOW, lines=lines, now=NOW).entry_id
    mirror = reverse(entry_id=entry, reference="reversal:999", event_at=NOW, now=NOW).entry_id
    found = {finding.entry_id for finding in audit.run().findings if finding.number == 18}
    assert found == {entry, mirror}


@pytest.mark.parametrize("table", ["redirect", "losscover", "spendingreversal"])
def test_the_database_refuses_to_rewrite_what_was_decided(books: None, table: str) -> None:
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="proposed and decided is not rewritten"):
        cursor.execute(f"UPDATE aid_packages_{table} SET proposed_at = now()")
