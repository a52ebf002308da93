"""The audit finds each promise of this room broken: rows changed as their owner could, entries posted past the operations."""

from datetime import timedelta

import psycopg
import pytest

from aid_packages.models import Partner, PartnerMember
from ledger import audit
from ledger.accounts import BANK, PAYABLE, advance, fund_account
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, post
from tests.factories.aid_packages import (
    accepted,
    advanced,
    approved,
    hold,
    make_envelope_books,
    make_staff,
    recorded,
)
from tests.factories.time import NOW


@pytest.fixture
def books(db: None) -> None:
    """An envelope of 1,000 zł with 600 zł advanced, 450 zł of it accounted for."""
    _spend()


def _spend() -> None:
    make_envelope_books()
    hold(fund_code="WARM-NIGHT", amount_minor=250_000, reference="warm")
    allocation = approved()
    advanced(allocation, amount_minor=60_000)
    accepted(recorded(allocation, amount_minor=45_000))


def _found() -> set[tuple[int, str]]:
    return {(finding.number, finding.name) for finding in audit.run().findings}


def _as_owner(owner_url: str, *statements: str) -> None:
    with psycopg.connect(owner_url) as owner:
        for statement in statements:
            owner.execute(statement)


def test_clean_books_are_found_clean_and_counted(books: None) -> None:
    result = audit.run()

    assert result.findings == []
    counted = {name: count for _number, name, count in result.checked}
    assert counted["allocations fit the fund as their approver saw it"] == 1
    assert counted["every staff act on money has an actor, a reason and a trail"] == 4
    assert counted["nobody approves what they prepared"] == 2


def test_promise_12_a_commitment_beyond_the_fund(committed_db) -> None:
    _spend()
    _as_owner(
        committed_db.owner_url,
        "ALTER TABLE aid_packages_allocation DISABLE TRIGGER allocation_is_frozen",
        "UPDATE aid_packages_allocation SET amount_minor = 300000",
    )

    assert (12, "allocations fit the fund as their approver saw it") in _found()
    assert (12, "what is set aside is what allocations still hold") in _found()


def test_promise_12_spending_on_another_fund_than_the_allocations(committed_db) -> None:
    _spend()
    _as_owner(
        committed_db.owner_url,
        "ALTER TABLE aid_packages_allocation DISABLE TRIGGER allocation_is_frozen",
        "UPDATE aid_packages_allocation SET fund_code = 'FOREST'",
    )

    assert (12, "spending falls on the funds of its allocations") in _found()


def test_promise_12_an_overdrawn_envelope(committed_db) -> None:
    _spend()
    _as_owner(
        committed_db.owner_url,
        "ALTER TABLE aid_packages_advance DISABLE TRIGGER USER",
        "UPDATE aid_packages_advance SET amount_minor = 100001",
    )

    assert _found() == {(12, "no envelope is overdrawn")}


def test_promise_12_money_set_aside_for_nothing(books: None) -> None:
    lines = [
        Line(fund_account("WARM-NIGHT", FundUse.ENCUMBERED), 1_000),
        Line(fund_account("WARM-NIGHT", FundUse.RESERVE), -1_000),
    ]
    post(reference="commitment:999", kind=EntryKind.COMMITMENT, event_at=NOW, lines=lines, now=NOW)

    assert (12, "what is set aside is what allocations still hold") in _found()


@pytest.mark.parametrize(
    ("kind", "debit", "credit"),
    [
        (EntryKind.ADVANCE, advance("DEMO-FIELD"), BANK),
        (EntryKind.RETURN, BANK, advance("DEMO-FIELD")),
        (EntryKind.SETTLEMENT, fund_account("WARM-NIGHT", FundUse.SPENT), advance("DEMO-FIELD")),
        (EntryKind.PURCHASE, fund_account("WARM-NIGHT", FundUse.SPENT), PAYABLE),
        (EntryKind.PAYMENT, PAYABLE, BANK),
    ],
)
def test_promise_18_an_entry_without_a_trail(books: None, kind: EntryKind, debit: str, credit: str) -> None:
    lines = [Line(debit, 1_000), Line(credit, -1_000)]
    entry = post(reference="past-the-operations", kind=kind, event_at=NOW, lines=lines, now=NOW).entry_id

    found = [finding for finding in audit.run().findings if finding.number == 18]
    assert [(finding.entry_id, finding.reference) for finding in found] == [(entry, "past-the-operations")]


def test_promise_18_a_trail_that_lost_its_actor(committed_db) -> None:
    _spend()
    _as_owner(
        committed_db.owner_url,
        "ALTER TABLE core_trailentry DISABLE TRIGGER USER",
        "UPDATE core_trailentry SET actor_id = NULL WHERE act = 'advance.paid'",
    )

    assert _found() == {(18, "every staff act on money has an actor, a reason and a trail")}


@pytest.mark.parametrize(
    ("table", "prepared", "constraint", "trigger"),
    [
        ("aid_packages_allocation", "prepared_by_id", "allocation_decided_by_another", "allocation_is_frozen"),
        ("aid_packages_spendingdocument", "recorded_by_id", "document_decided_by_another", "document_is_frozen"),
    ],
)
def test_promise_19_approved_by_who_prepared_it(
    committed_db, table: str, prepared: str, constraint: str, trigger: str
) -> None:
    _spend()
    _as_owner(
        committed_db.owner_url,
        f"ALTER TABLE {table} DROP CONSTRAINT {constraint}",
        f"ALTER TABLE {table} DISABLE TRIGGER {trigger}",
        f"UPDATE {table} SET decided_by_id = {prepared}",
    )

    assert _found() == {(19, "nobody approves what they prepared")}


def test_promise_19_decided_by_a_member_of_the_partner(books: None) -> None:
    PartnerMember.objects.create(
        partner=Partner.objects.get(code="DEMO-FIELD"), user=make_staff("bartek"), since=NOW - timedelta(days=1)
    )

    found = [str(finding) for finding in audit.run().findings]
    assert len(found) == 2
    assert all("was decided by a member of DEMO-FIELD" in finding for finding in found)
