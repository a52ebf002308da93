"""What the books answer."""

import pytest

from ledger import accounts, operations, queries
from ledger.models import EntryKind, FundUse, Restriction
from ledger.operations import FundTaken, Line, NoBooks, UnknownFund, close_period, open_fund, post
from ledger.queries import FundMovement, StatementLine, TrialLine
from tests.factories.ledger import DONEE, give, make_books, spend
from tests.factories.time import NOW

pytestmark = pytest.mark.money


def _commit(amount_minor: int, *, reference: str) -> None:
    post(
        reference=reference,
        kind=EntryKind.COMMITMENT,
        event_at=NOW,
        lines=[
            Line("fund:WARM-NIGHT:encumbered", amount_minor),
            Line("fund:WARM-NIGHT:reserve", -amount_minor),
        ],
        now=NOW,
    )


@pytest.fixture
def busy_books(books: None) -> None:
    """A gift with its fee, a commitment, a purchase, and a redirect up the tree."""
    give(reference="gift:ch_1", amount_minor=20000)
    post(
        reference="fee:txn_1",
        kind=EntryKind.PROCESSOR_FEE,
        event_at=NOW,
        lines=[Line("fund:WARM-NIGHT:fees", 400), Line(accounts.STRIPE_CLEARING, -400)],
        now=NOW,
    )
    _commit(5000, reference="commitment:1")
    spend(reference="purchase:1", amount_minor=3000)
    post(
        reference="redirect:1",
        kind=EntryKind.REDIRECT,
        event_at=NOW,
        lines=[Line("fund:WARM-NIGHT:redirect_out", 1600), Line("fund:FOREST:redirect_in", -1600)],
        now=NOW,
    )


@pytest.mark.usefixtures("busy_books")
def test_a_fund_holds_what_came_less_what_went_and_has_what_is_not_promised() -> None:
    assert queries.fund_balance(code="WARM-NIGHT") == 20000 - 400 - 3000 - 1600
    assert queries.fund_available(code="WARM-NIGHT") == 15000 - 5000
    assert queries.fund_balance(code="FOREST") == queries.fund_available(code="FOREST") == 1600
    assert queries.fund_balance(code="GENERAL") == 0
    assert {code: each.balance_minor for code, each in queries.fund_balances().items()} == {
        "FOREST": 1600,
        "WARM-NIGHT": 15000,
    }


@pytest.mark.usefixtures("busy_books")
def test_an_account_stands_on_its_side() -> None:
    assert queries.account_balance(code=accounts.STRIPE_CLEARING) == 19600
    assert queries.account_balance(code=accounts.PAYABLE) == -3000
    assert queries.account_balance(code=accounts.BANK) == 0


@pytest.mark.usefixtures("busy_books")
def test_the_trial_balance_balances() -> None:
    lines = queries.trial_balance()
    assert sum(line.debit_minor for line in lines) == sum(line.credit_minor for line in lines) > 0
    assert TrialLine("asset:stripe_clearing", "asset", "PLN", 19600, 0) in lines
    assert TrialLine("fund:WARM-NIGHT:gifts", "income", "PLN", 0, 20000) in lines


@pytest.mark.usefixtures("busy_books")
def test_movements_are_positive_in_the_sense_of_their_name() -> None:
    movements = queries.fund_movements(first_period=202611, last_period=202611)
    assert movements == [
        FundMovement("FOREST", FundUse.REDIRECT_IN, 1600),
        FundMovement("WARM-NIGHT", FundUse.GIFTS, 20000),
        FundMovement("WARM-NIGHT", FundUse.FEES, 400),
        FundMovement("WARM-NIGHT", FundUse.REDIRECT_OUT, 1600),
        FundMovement("WARM-NIGHT", FundUse.SPENT, 3000),
        FundMovement("WARM-NIGHT", FundUse.ENCUMBERED, 5000),
        FundMovement("WARM-NIGHT", FundUse.RESERVE, 5000),
    ]


@pytest.mark.usefixtures("busy_books")
def test_movements_are_of_the_months_asked_for() -> None:
    close_period(period=202611, now=NOW)
    give(reference="gift:ch_2", amount_minor=700)
    assert queries.fund_movements(first_period=202612, last_period=202612) == [
        FundMovement("WARM-NIGHT", FundUse.GIFTS, 700)
    ]
    both = queries.fund_movements(first_period=202611, last_period=202612)
    assert FundMovement("WARM-NIGHT", FundUse.GIFTS, 20700) in both


@pytest.mark.usefixtures("busy_books")
def test_a_statement_runs_to_the_balance() -> None:
    lines = queries.fund_statement(code="WARM-NIGHT")
    assert [(line.reference, line.use, line.amount_minor, line.balance_minor) for line in lines] == [
        ("gift:ch_1", FundUse.GIFTS, 20000, 20000),
        ("fee:txn_1", FundUse.FEES, -400, 19600),
        ("commitment:1", FundUse.ENCUMBERED, 5000, 19600),
        ("purchase:1", FundUse.SPENT, -3000, 16600),
        ("redirect:1", FundUse.REDIRECT_OUT, -1600, 15000),
    ]
    assert isinstance(lines[0], StatementLine)
    assert lines[0].event_at == NOW


TABLE = """\
reference      kind           account                          debit    credit
-------------  -------------  ----------------------------  --------  --------
gift:<charge>  gift           asset:stripe_clearing           200.00
                              fund:WARM-NIGHT:gifts                     200.00
fee:txn_1      processor_fee  fund:WARM-NIGHT:fees              4.00
                              asset:stripe_clearing                       4.00
commitment:1   commitment     fund:WARM-NIGHT:encumbered       50.00
                              fund:WARM-NIGHT:reserve                    50.00
purchase:1     purchase       fund:WARM-NIGHT:spent            30.00
                              liability:payable                          30.00
redirect:1     redirect       fund:WARM-NIGHT:redirect_out     16.00
                              fund:FOREST:redirect_in                    16.00
big            opening        asset:bank:main               1,234.05
                              fund:GENERAL:opening                    1,234.05
total PLN                                                   1,534.05  1,534.05
"""


@pytest.mark.usefixtures("busy_books")
def test_the_table_reads_like_a_journal() -> None:
    post(
        reference="big",
        kind=EntryKind.OPENING,
        event_at=NOW,
        lines=[Line("fund:GENERAL:opening", -123405), Line(accounts.BANK, 123405)],
        now=NOW,
    )
    table = queries.ledger_table(names={"ch_1": "<charge>", "arge": "never"})
    assert table == TABLE


@pytest.mark.usefixtures("busy_books")
def test_the_table_begins_after_an_entry() -> None:
    before = give(reference="gift:ch_2", amount_minor=100)
    give(reference="gift:ch_3", amount_minor=5)
    lines = queries.ledger_table(since_entry=before.entry_id).splitlines()
    assert lines[2].split() == ["gift:ch_3", "gift", "asset:stripe_clearing", "0.05"]
    assert lines[-1].split() == ["total", "PLN", "0.05", "0.05"]


@pytest.mark.usefixtures("books")
def test_opening_the_same_fund_again_changes_nothing_and_another_is_refused() -> None:
    first = open_fund(code="LEGAL", parent="GENERAL", restriction=Restriction.PURPOSE, now=NOW)
    assert open_fund(code="LEGAL", parent="GENERAL", restriction=Restriction.PURPOSE, now=NOW) == first
    assert first.accounts.count() == len(FundUse)
    with pytest.raises(FundTaken):
        open_fund(code="LEGAL", parent="FOREST", restriction=Restriction.PURPOSE, now=NOW)
    with pytest.raises(UnknownFund):
        open_fund(code="LEGAL-HELP", parent="NOWHERE", restriction=Restriction.PURPOSE, now=NOW)


@pytest.mark.usefixtures("books")
def test_opening_a_partner_again_changes_nothing() -> None:
    account = operations.open_partner(partner_code="DEMO-LAW")
    assert operations.open_partner(partner_code="DEMO-LAW") == account
    assert (account.code, account.kind, account.partner_code) == ("asset:advance:DEMO-LAW", "asset", "DEMO-LAW")


@pytest.mark.usefixtures("db")
def test_funds_need_books() -> None:
    with pytest.raises(NoBooks):
        open_fund(code="FOREST", parent=None, restriction=Restriction.PURPOSE, now=NOW)


@pytest.mark.usefixtures("db")
def test_opening_the_books_again_changes_nothing() -> None:
    make_books()
    donee = operations.open_books(donee=DONEE, now=NOW)
    assert donee == operations.open_books(donee=DONEE, now=NOW)
    assert donee.funds.count() == 4
