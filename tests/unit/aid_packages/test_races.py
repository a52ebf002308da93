"""Two people at once: the locks let one decide after the other. Each has its negative control: without it, too much goes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from aid_packages.models import Allocation
from aid_packages.operations import (
    BankShort,
    FundShort,
    OverEnvelope,
    advances,
    allocations,
    approve_allocation,
    booking,
)
from ledger import audit
from ledger.accounts import BANK, CASH
from ledger.queries import account_balance, fund_available
from tests.factories.aid_packages import advanced, approved, draft, hold, make_envelope_books, make_staff
from tests.factories.time import NOW
from tests.support.meeting import meet_after_looking

pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def books(committed_db) -> None:
    """1,000 zł in each of two needs' funds, one of them in the bank."""
    make_envelope_books()
    hold(fund_code="WARM-NIGHT", amount_minor=100_000, reference="warm")
    hold(fund_code="CONTACT", amount_minor=100_000, reference="contact-cash", account=CASH)
    make_staff("ada")
    make_staff("bartek")


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Callable[[object, str], None]:
    """Lets both threads come together after a check, or one of them where a lock keeps the other out."""
    return lambda module, name: meet_after_looking(monkeypatch, (module, name))


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gave, or the error it raised."""

    def run(act: Callable[[], object]) -> object:
        try:
            return act()
        except (BankShort, FundShort, OverEnvelope) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(run, acts))


def approving(allocation: Allocation) -> Callable[[], object]:
    return lambda: approve_allocation(
        allocation_id=allocation.pk, actor=make_staff("bartek"), reason="as agreed", now=NOW
    )


def of_two_partners(*, amount_minor: int) -> list[Callable[[], object]]:
    """Two envelopes of one fund with nothing else in common: those of one partner would wait for each other already,
    for the cap of its agreement, and the fund's lock would not be put to the test."""
    return [approving(draft(amount_minor=amount_minor, partner_code=code)) for code in ("DEMO-FIELD", "DEMO-LAW")]


def advancing(allocation: Allocation, amount_minor: int) -> Callable[[], object]:
    return lambda: advanced(allocation, amount_minor=amount_minor)


def findings() -> list[str]:
    return sorted({finding.name for finding in audit.run().findings})


class TestTwoApprovals:
    def test_only_one_fits(self, meet: Callable) -> None:
        meet(allocations, "lock_and_see")
        outcomes = at_once(*of_two_partners(amount_minor=60_000))

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Allocation", "FundShort"]
        assert fund_available(code="WARM-NIGHT") == 40_000
        assert findings() == []

    def test_without_the_lock_both_would(self, meet: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(booking, "lock_funds", lambda *, codes: None)
        meet(allocations, "lock_and_see")
        at_once(*of_two_partners(amount_minor=60_000))

        assert fund_available(code="WARM-NIGHT") == -20_000
        assert "allocations fit the fund as their approver saw it" in findings()


class TestTwoAdvances:
    def test_from_one_envelope_only_one_fits(self, meet: Callable) -> None:
        meet(advances, "envelope")
        allocation = approved(amount_minor=80_000)
        outcomes = at_once(advancing(allocation, 50_000), advancing(allocation, 50_000))

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Advance", "OverEnvelope"]
        assert findings() == []

    def test_without_the_rows_lock_both_would(self, meet: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
        meet(advances, "envelope")
        monkeypatch.setattr(
            advances, "lock_allocation", lambda *, allocation_id: Allocation.objects.get(pk=allocation_id)
        )
        allocation = approved(amount_minor=80_000)
        at_once(advancing(allocation, 50_000), advancing(allocation, 50_000))

        assert findings() == ["no envelope is overdrawn"]

    def test_from_one_bank_account_only_one_fits(self, meet: Callable) -> None:
        meet(booking, "account_balance")
        warm, contact = approved(), approved(fund_code="CONTACT")
        outcomes = at_once(advancing(warm, 60_000), advancing(contact, 60_000))

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Advance", "BankShort"]
        assert account_balance(code=BANK) == 40_000

    def test_without_the_banks_lock_both_would(self, meet: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
        meet(booking, "account_balance")
        monkeypatch.setattr(booking, "_lock_bank", lambda: None)
        warm, contact = approved(), approved(fund_code="CONTACT")
        at_once(advancing(warm, 60_000), advancing(contact, 60_000))

        assert account_balance(code=BANK) == -20_000


def test_one_request_sent_five_times_pays_once() -> None:
    allocation = approved()
    outcomes = at_once(*[lambda: advanced(allocation, amount_minor=10_000, request_key="once")] * 5)

    assert len({outcome.pk for outcome in outcomes}) == 1
    assert account_balance(code=BANK) == 90_000
