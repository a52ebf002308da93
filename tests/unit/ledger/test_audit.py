"""The audit finds what is broken, wherever it comes from; and its command says so."""

import json
from collections.abc import Callable
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import transaction

from ledger import accounts, audit, promises
from ledger.audit import Checked, Finding
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, post, take_mark
from tests.factories.ledger import give, spend
from tests.factories.time import NOW
from tests.support.database import CommittedDatabase

Connect = Callable[[], psycopg.Connection]


def _told(result: audit.AuditResult) -> list[str]:
    return [str(finding) for finding in result.findings]


def test_every_way_of_breaking_the_books_is_found(committed_books: CommittedDatabase, owner: Connect) -> None:
    gift = give(reference="gift:ch_1", amount_minor=100)
    take_mark(now=NOW)
    session = owner()
    for table, trigger in [(guard.table, guard.trigger) for guard in promises.GUARDS]:
        session.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    session.execute("UPDATE ledger_posting SET amount_minor = 101 WHERE amount_minor = 100")
    session.commit()

    told = _told(audit.run())
    assert f"promise 1: sums to 1 PLN (entry {gift.entry_id}, gift:ch_1)" in told
    assert "promise 1: the whole ledger sums to 1 PLN" in told
    assert "promise 15: asset:stripe_clearing in 202611: 100 is kept, its postings sum to 101" in told
    assert sum(line.startswith("promise 2: the trigger") for line in told) == len(promises.GUARDS)


def test_a_disabled_trigger_is_as_bad_as_a_missing_one(committed_books: CommittedDatabase, owner: Connect) -> None:
    with owner() as session:
        session.execute("ALTER TABLE ledger_posting DISABLE TRIGGER ledger_posting_after")
    assert _told(audit.run()) == [
        "promise 2: the trigger ledger_posting_after on ledger_posting is missing or disabled"
    ]


def test_a_right_too_many_is_found(committed_books: CommittedDatabase, owner: Connect) -> None:
    with owner() as session:
        session.execute("GRANT UPDATE ON ledger_posting TO swb_app")
    assert _told(audit.run()) == ["promise 2: the role swb_app may change ledger_posting"]


@pytest.mark.usefixtures("books")
def test_money_that_goes_down_the_tree_is_found() -> None:
    give(reference="gift:ch_1", amount_minor=100, fund="FOREST")
    _redirect(source="FOREST", target="WARM-NIGHT")
    [finding] = audit.run().findings
    assert finding.message == "money of FOREST was redirected to WARM-NIGHT, which is not above it"
    assert (finding.number, finding.reference) == (12, "redirect:1")


@pytest.mark.usefixtures("books")
def test_money_may_go_up_more_than_one_step() -> None:
    give(reference="gift:ch_1", amount_minor=100)
    _redirect(source="WARM-NIGHT", target="GENERAL")
    assert audit.run().findings == []


def _redirect(*, source: str, target: str) -> None:
    post(
        reference="redirect:1",
        kind=EntryKind.REDIRECT,
        event_at=NOW,
        lines=[Line(f"fund:{source}:redirect_out", 100), Line(f"fund:{target}:redirect_in", -100)],
        now=NOW,
    )


@pytest.mark.usefixtures("books")
def test_a_decision_beyond_what_is_there_is_found_and_a_refund_is_not_a_decision() -> None:
    give(reference="gift:ch_1", amount_minor=100)
    spend(reference="purchase:1", amount_minor=100)
    assert audit.run().findings == []

    _refund(amount_minor=40)
    assert audit.run().findings == []

    too_much = spend(reference="purchase:2", amount_minor=1)
    [finding] = audit.run().findings
    assert (finding.entry_id, finding.message) == (
        too_much.entry_id,
        "a decision left fund WARM-NIGHT at -41 minor units",
    )


def _refund(*, amount_minor: int) -> None:
    post(
        reference="refund:1",
        kind=EntryKind.REFUND,
        event_at=NOW,
        lines=[Line("fund:WARM-NIGHT:refunds", amount_minor), Line(accounts.STRIPE_CLEARING, -amount_minor)],
        now=NOW,
    )


@pytest.mark.usefixtures("books")
def test_the_command_says_what_it_checked(capsys: pytest.CaptureFixture[str]) -> None:
    give(reference="gift:ch_1", amount_minor=100)
    out = StringIO()
    call_command("audit_ledger", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].split() == ["1", *["every", "entry", "has", "postings", "and", "sums", "to", "zero"], "1", "holds"]
    assert lines[-1] == f"{len(audit.registered())} checks, all promises hold"


@pytest.mark.usefixtures("books")
def test_the_command_exits_1_with_the_promise_and_the_entry() -> None:
    too_much = spend(reference="purchase:1", amount_minor=5)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_ledger", stdout=out)
    assert ended.value.code == 1
    assert (
        f"promise 12: a decision left fund WARM-NIGHT at -5 minor units (entry {too_much.entry_id}, purchase:1)"
        in out.getvalue()
    )
    assert "decisions leave no fund below zero" in next(
        line for line in out.getvalue().splitlines() if "BROKEN" in line
    )


@pytest.mark.usefixtures("books")
def test_the_command_speaks_json() -> None:
    too_much = spend(reference="purchase:1", amount_minor=5)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("audit_ledger", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["clean"] is False
    assert {"promise": 1, "name": "every entry has postings and sums to zero", "count": 1} in told["checked"]
    assert [(each["number"], each["entry_id"]) for each in told["findings"]] == [(12, too_much.entry_id)]


@pytest.mark.usefixtures("books")
def test_other_rooms_register_their_promises() -> None:
    audit.register(3, "charges are booked once", lambda: [Finding("charge ch_1 is booked twice", 7)])
    audit.register(4, "no gift without a charge", lambda: Checked(count=12))
    result = audit.run()
    assert (3, "charges are booked once", None) in result.checked
    assert (4, "no gift without a charge", 12) in result.checked
    assert _told(result) == ["promise 3: charge ch_1 is booked twice (entry 7)"]


@pytest.mark.usefixtures("books")
def test_a_check_that_can_not_run_does_not_look_clean() -> None:
    def broken() -> Checked:
        raise RuntimeError("no such table")

    audit.register(3, "charges are booked once", broken)
    with pytest.raises(RuntimeError):
        audit.run()


def _book(kind: EntryKind, reference: str, *lines: tuple[str, int]) -> None:
    post(
        reference=reference,
        kind=kind,
        event_at=NOW,
        lines=[Line(accounts.fund_account("WARM-NIGHT", use), minor) for use, minor in lines[:-1]] + [Line(*lines[-1])],
        now=NOW,
    )


@pytest.mark.parametrize(("spent", "broken"), [(30, []), (31, [12])])
def test_what_was_promised_may_be_spent_after_a_refund_took_the_fund_below_zero(
    committed_books: CommittedDatabase, spent: int, broken: list[int]
) -> None:
    """The deficit is the provider's doing; whoever keeps a promise makes it no deeper. Whoever spends more does."""
    reserve = accounts.fund_account("WARM-NIGHT", FundUse.RESERVE)
    give(reference="gift:ch_1", amount_minor=100)
    _book(EntryKind.COMMITMENT, "commitment:1", (FundUse.ENCUMBERED, 90), (reserve, -90))
    _book(EntryKind.REFUND, "refund:1", (FundUse.REFUNDS, 50), (accounts.STRIPE_CLEARING, -50))
    with transaction.atomic():
        _book(EntryKind.RELEASE, "release:1", (FundUse.ENCUMBERED, -30), (reserve, 30))
        _book(EntryKind.PURCHASE, "purchase:1", (FundUse.SPENT, spent), (accounts.PAYABLE, -spent))
    assert [finding.number for finding in audit.run().findings] == broken
