"""The books beside a plain model of them: whatever is done in whatever order, both say the same."""

from collections import defaultdict
from datetime import datetime

import pytest
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.periods import WARSAW, next_period, period_of
from ledger import accounts, audit, operations, queries
from ledger.models import AccountKind, EntryKind, FundUse, Mark
from ledger.operations import Line, ReferenceTaken
from tests.factories.ledger import make_books

FUNDS = ["GENERAL", "ADMIN", "FOREST", "WARM-NIGHT"]
HOUSE = [*accounts.HOUSE_ACCOUNTS, accounts.advance("DEMO-FIELD")]
MONEY = [
    *HOUSE,
    *(accounts.fund_account(fund, use) for fund in FUNDS for use in FundUse if use.account_kind != AccountKind.MEMO),
]
MONTHS = [(2026, 8), (2026, 9), (2026, 10), (2026, 11), (2026, 12), (2027, 1)]

amounts = st.integers(-(10**9), 10**9).filter(bool)
moments = st.builds(
    lambda month, day, hour: datetime(*month, day, hour, tzinfo=WARSAW),
    st.sampled_from(MONTHS),
    st.integers(1, 28),
    st.integers(0, 23),
)
kinds = st.sampled_from([EntryKind.OPENING, EntryKind.GIFT, EntryKind.REFUND, EntryKind.FX, EntryKind.BANK_FEE])
LATEST = datetime(2027, 1, 31, tzinfo=WARSAW)


class Books(RuleBasedStateMachine):
    """The model is a list of entries; all that the books say is computed from it anew, the slow and plain way."""

    entries = Bundle("entries")
    marks = Bundle("marks")

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.model: list[tuple[str, EntryKind, int, tuple[Line, ...]]] = []
        self.ids: dict[str, int] = {}
        self.reversed: set[str] = set()
        self.closed = 0
        self.seen: list[tuple[Mark, int]] = []

    def teardown(self) -> None:
        # Any fund may be below zero here, and any entry may take it there: all promises but the twelfth must hold.
        broken = [finding for finding in audit.run().findings if finding.number != 12]
        transaction.savepoint_rollback(self.savepoint)
        assert broken == []

    @initialize()
    def open(self) -> None:
        make_books()

    @rule(
        target=entries,
        kind=kinds,
        event_at=moments,
        lines=st.lists(st.tuples(st.sampled_from(MONEY), amounts), min_size=1, max_size=4),
        balancing=st.sampled_from(MONEY),
    )
    def post(self, kind: EntryKind, event_at: datetime, lines: list[tuple[str, int]], balancing: str) -> str:
        made = [Line(account, amount) for account, amount in lines]
        rest = -sum(line.amount_minor for line in made)
        if rest:
            made.append(Line(balancing, rest))
        if len(made) == 1:
            made.append(Line(balancing, -made[0].amount_minor))
        reference = f"model:{len(self.model)}"
        posted = operations.post(reference=reference, kind=kind, event_at=event_at, lines=made, now=LATEST)
        assert posted.created
        self._remember(reference, kind, event_at, tuple(made), posted.entry_id)
        return reference

    @rule(amount=amounts, fund=st.sampled_from(FUNDS), event_at=moments)
    def commit(self, amount: int, fund: str, event_at: datetime) -> None:
        reference = f"model:{len(self.model)}"
        made = (
            Line(accounts.fund_account(fund, FundUse.ENCUMBERED), amount),
            Line(accounts.fund_account(fund, FundUse.RESERVE), -amount),
        )
        posted = operations.post(reference=reference, kind=EntryKind.RELEASE, event_at=event_at, lines=made, now=LATEST)
        self._remember(reference, EntryKind.RELEASE, event_at, made, posted.entry_id)

    @rule(reference=entries, event_at=moments)
    def post_again(self, reference: str, event_at: datetime) -> None:
        [(_, kind, _, lines)] = [entry for entry in self.model if entry[0] == reference]
        again = operations.post(
            reference=reference, kind=kind, event_at=event_at, lines=tuple(reversed(lines)), now=LATEST
        )
        assert (again.entry_id, again.created) == (self.ids[reference], False)

    @rule(reference=entries, amount=amounts)
    def post_another_under_its_reference(self, reference: str, amount: int) -> None:
        lines = [Line(accounts.BANK, amount), Line(accounts.CASH, -amount)]
        with pytest.raises(ReferenceTaken):
            operations.post(reference=reference, kind=EntryKind.INTEREST, event_at=LATEST, lines=lines, now=LATEST)

    @rule(reference=entries, event_at=moments)
    def reverse(self, reference: str, event_at: datetime) -> None:
        if reference in self.reversed:
            return
        [(_, _, _, lines)] = [entry for entry in self.model if entry[0] == reference]
        mirror = tuple(Line(line.account, -line.amount_minor) for line in lines)
        posted = operations.reverse(
            entry_id=self.ids[reference], reference=f"{reference}:reversed", event_at=event_at, now=LATEST
        )
        self.reversed.add(reference)
        self._remember(f"{reference}:reversed", EntryKind.REVERSAL, event_at, mirror, posted.entry_id)

    @rule(month=st.sampled_from(MONTHS[:-1]))
    def close(self, month: tuple[int, int]) -> None:
        period = month[0] * 100 + month[1]
        operations.close_period(period=period, now=LATEST)
        self.closed = max(self.closed, period)

    @rule()
    def mark(self) -> None:
        self.seen.append((operations.take_mark(now=LATEST), len(self.model)))

    @invariant()
    def the_database_would_commit(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    @invariant()
    def now_the_books_say_what_the_model_says(self) -> None:
        self._compare(None, len(self.model))

    @invariant()
    def each_mark_says_what_it_said(self) -> None:
        for mark, count in self.seen:
            self._compare(mark, count)

    def _remember(
        self, reference: str, kind: EntryKind, event_at: datetime, lines: tuple[Line, ...], entry_id: int
    ) -> None:
        own = period_of(event_at)
        period = own if own > self.closed else next_period(self.closed)
        self.model.append((reference, kind, period, lines))
        self.ids[reference] = entry_id

    def _compare(self, mark: Mark | None, count: int) -> None:
        balances: defaultdict[str, int] = defaultdict(int)
        monthly: defaultdict[tuple[str, int], int] = defaultdict(int)
        for _, _, period, lines in self.model[:count]:
            for line in lines:
                balances[line.account] += line.amount_minor
                monthly[line.account, period] += line.amount_minor
        told = {line.account: line.debit_minor - line.credit_minor for line in queries.trial_balance(mark=mark)}
        assert told == {account: amount for account, amount in balances.items() if amount}
        for fund in FUNDS:
            held = -sum(
                amount
                for account, amount in balances.items()
                if account.startswith(f"fund:{fund}:") and account in MONEY
            )
            promised = balances[accounts.fund_account(fund, FundUse.ENCUMBERED)]
            assert queries.fund_balance(code=fund, mark=mark) == held
            assert queries.fund_available(code=fund, mark=mark) == held - promised
        for period in {period for _, period in monthly}:
            moved = {
                accounts.fund_account(each.fund_code, each.use): each.amount_minor
                for each in queries.fund_movements(first_period=period, last_period=period, mark=mark)
            }
            assert moved == {
                account: amount * _sign(account)
                for (account, month), amount in monthly.items()
                if month == period and amount and account.startswith("fund:")
            }


def _sign(account: str) -> int:
    use = FundUse(account.rpartition(":")[2])
    return -1 if use == FundUse.RESERVE or use.account_kind == AccountKind.INCOME else 1


@pytest.mark.slow
@pytest.mark.usefixtures("db")
def test_the_books_agree_with_a_plain_model() -> None:
    run_state_machine_as_test(
        Books, settings=settings(max_examples=20, stateful_step_count=12, deadline=None, database=None)
    )
