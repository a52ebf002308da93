"""A year of a small charity: two thousand gifts, what goes wrong with them, and reports that hold against its own count."""

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from aid_packages import operations as aid
from aid_packages.models import Need
from core.money import format_money
from core.periods import period_end, period_of, period_start, periods_between
from ledger.queries import fund_balances, trial_balance
from payments.models import Donation, LinedUpGift
from seal.queries import log_document
from shop.staff.redirect_mails import tell_of_redirect
from tests.factories.aid_packages import make_catalogue
from tests.factories.transparency import make_staff
from tests.stories.books import compare_text
from tests.stories.charity_house import Charity
from tests.support.database import CommittedDatabase
from transparency.attribution.queries import gift_attribution
from transparency.figures.lines import LINES
from transparency.models import Report, ReportKind, ReportState

pytestmark = [pytest.mark.money, pytest.mark.timeout(1800)]

YEAR = 2027
MONTHS = periods_between(202701, 202712)
GIFTS = 2_000
FUNDS = ("WARM-NIGHT", "WARM-NIGHT", "LAWYER", "CONTACT", "GENERAL")
PEOPLE = 400
STANDS = ("opening", "with_partners", "waiting", "closing")
BROUGHT_TO_THE_16TH = timedelta(days=15, hours=6)
SMALL_FUND = "FIRST-AID"
"""Nobody gives to it in this year but one donor, whose bank takes the gift back when it is spent."""


@dataclass
class Told:
    """What the story keeps of its year."""

    charity: Charity
    given: list[Donation] = field(default_factory=list)
    reports: dict[str, Report] = field(default_factory=dict)
    chargeback: Donation | None = None


@pytest.fixture
def charity(committed_db: CommittedDatabase, hints: list[object]) -> Charity:
    """Books that open in the last week of the year before, with the demo's needs, whose season ends in April."""
    make_catalogue(now=period_start(MONTHS[0]) - timedelta(days=7))
    return Charity(ada=make_staff("ada"), bartek=make_staff("bartek"))


def test_a_year_of_a_small_charity(charity: Charity) -> None:
    """Two thousand gifts, refunds, disputes, a need that has enough, an advance that comes back, a report put right."""
    told = Told(charity)
    for month in MONTHS:
        _a_month_passes(told, month)
        _its_report_is_published(told, month)
    end = period_end(MONTHS[-1]) + BROUGHT_TO_THE_16TH + timedelta(days=1)
    told.reports["year"] = charity.reports(kind=ReportKind.YEAR, period=YEAR, at=end)

    assert len(told.given) == GIFTS + 1
    _every_month_says_what_the_charity_counted(told)
    _months_sum_to_the_year(told)
    _a_correction_leaves_what_was_published(told, at=end + timedelta(days=1))
    _every_gift_did_what_its_net_was(told)
    _nothing_that_was_spent_was_rewritten(told)
    compare_text(name="a_year_of_a_small_charity", text=_as_text(told))


def _a_month_passes(told: Told, month: int) -> None:
    """Gifts, refunds and disputes in the order in which they happen; then a payout, and help for what came in."""
    charity, chance = told.charity, random.Random(month)
    first = period_start(month)
    share = GIFTS // len(MONTHS) + (MONTHS.index(month) < GIFTS % len(MONTHS))
    for number in range(share):
        at = first + timedelta(days=20) * number / share + timedelta(hours=9)
        donor = f"donor-{chance.randrange(PEOPLE)}"
        told.given.append(charity.gives(chance.randrange(20, 300) * 100, fund=chance.choice(FUNDS), donor=donor, at=at))
    mine = told.given[-share:]
    charity.gives_back(mine[share - 3], amount_minor=mine[share - 3].gross_minor, at=first + timedelta(days=24))
    charity.gives_back(mine[share - 5], amount_minor=500, at=first + timedelta(days=24, hours=1))
    _what_only_some_months_know(told, month, mine)
    charity.a_night_passes(at=first + timedelta(days=25))
    _help_is_given(told, month, first + timedelta(days=26))


def _what_only_some_months_know(told: Told, month: int, mine: list[Donation]) -> None:
    """What happens once or twice a year."""
    charity, first = told.charity, period_start(month)
    later, decided = first + timedelta(days=22), first + timedelta(days=23)
    if month % 100 in (4, 8):  # a gift of two months ago, long on its line
        old = next(gift for gift in told.given if period_of(gift.created_at) == month - 2 and _lined_up(gift))
        charity.gives_back(old, amount_minor=old.gross_minor, at=later)
    if month % 100 == 3:
        charity.is_disputed(mine[10], amount_minor=mine[10].gross_minor, at=later, decided=decided, won=True)
        charity.is_disputed(mine[12], amount_minor=mine[12].gross_minor, at=later, decided=decided)
    if month % 100 == 6:
        charity.is_disputed(mine[7], amount_minor=1_000, at=later, decided=decided)
    if month % 100 == 9:
        _a_chargeback_after_spending(told, at=first + timedelta(days=1))
    if month % 100 == 5:
        _a_need_has_enough(charity, at=first + timedelta(days=21))


def _a_chargeback_after_spending(told: Told, *, at: datetime) -> None:
    """All of one gift is spent within a week; then its bank takes it back, and GENERAL makes up for it."""
    charity = told.charity
    told.chargeback = charity.gives(90_000, fund=SMALL_FUND, donor="donor-of-first-aid", at=at)
    told.given.append(told.chargeback)
    charity.helps(fund=SMALL_FUND, accepted=[85_000], at=at + timedelta(days=3))
    charity.is_disputed(told.chargeback, amount_minor=90_000, at=at + timedelta(days=8), decided=at + timedelta(days=9))
    lacking = -fund_balances()[SMALL_FUND].balance_minor
    assert lacking > 0, "the chargeback leaves a deficit, which is named"
    asked = {"reason": "the bank took it back", "now": at + timedelta(days=10)}
    cover = aid.propose_cover(
        fund_code=SMALL_FUND, amount_minor=lacking, actor=charity.ada, request_key="cover", **asked
    )
    aid.approve_cover(cover_id=cover.pk, actor=charity.bartek, **asked)
    assert fund_balances()[SMALL_FUND].balance_minor == 0


def _a_need_has_enough(charity: Charity, *, at: datetime) -> None:
    """The season is over; what warm nights can't use goes up to their area, under the clause that donors saw."""
    need = Need.objects.get(code="warm-night")
    over = fund_balances()["WARM-NIGHT"].available_minor // 2
    asked = {"reason": "the season is over", "now": at}
    redirect = aid.propose_redirect(
        need_id=need.pk, to_fund="FOREST", amount_minor=over, actor=charity.ada, request_key="redirect", **asked
    )
    aid.approve_redirect(redirect_id=redirect.pk, actor=charity.bartek, **asked)
    tell_of_redirect(redirect_id=redirect.pk, now=at + timedelta(minutes=1))


def _help_is_given(told: Told, month: int, at: datetime) -> None:
    """Most of what stands in the funds is spent; once an advance comes back in part, once an invoice is rejected."""
    charity = told.charity
    available = {fund: balance.available_minor for fund, balance in fund_balances().items()}
    plans = {fund: available.get(fund, 0) * 3 // 5 for fund in ("WARM-NIGHT", "LAWYER", "CONTACT")}
    if available.get("FOREST", 0) > 0:
        plans["FOREST"] = available["FOREST"] // 2
    charity.is_paid_out(sum(plans.values()) + 100_000, at=at - timedelta(hours=3))
    for fund, amount in plans.items():
        parts = [amount // 2, amount - amount // 2]
        charity.helps(
            fund=fund,
            accepted=parts,
            rejected=[parts[0]] if (month % 100, fund) == (2, "LAWYER") else (),
            returned=20_000 if (month % 100, fund) == (7, "WARM-NIGHT") else 0,
            at=at,
        )


def _its_report_is_published(told: Told, month: int) -> None:
    at = period_end(month) + BROUGHT_TO_THE_16TH
    told.charity.a_night_passes(at=at - timedelta(hours=1))
    told.reports[str(month)] = told.charity.reports(kind=ReportKind.MONTH, period=month, at=at)


def _every_month_says_what_the_charity_counted(told: Told) -> None:
    for month in MONTHS:
        said, counted = _lines(told.reports[str(month)]), told.charity.counted[month]
        assert said["came_in"] == counted.came_in, month
        assert said["given_back"] == counted.given_back, month
        assert said["payment_fees"] == counted.fees, month
        assert said["help_with_documents"] == counted.helped, month
        notes = _content(told.reports[str(month)])["notes"]
        assert sum(row["denomination"] * row["count"] for row in notes["denominations"]) == counted.came_in, month


def _months_sum_to_the_year(told: Told) -> None:
    year = _lines(told.reports["year"])
    for line in LINES:
        if line not in STANDS:
            assert sum(_lines(told.reports[str(month)])[line] for month in MONTHS) == year[line], line


def _a_correction_leaves_what_was_published(told: Told, *, at: datetime) -> None:
    """March is published again; its first revision keeps its bytes and its address, and the log knows both."""
    march = told.reports["202703"]
    before = bytes(Report.objects.get(pk=march.pk).content or b"")
    second = told.charity.reports(kind=ReportKind.MONTH, period=202703, at=at, reason="a name was put right")
    told.reports["202703-r2"] = second
    march.refresh_from_db()
    assert (bytes(march.content or b""), march.state) == (before, ReportState.SUPERSEDED)
    assert _content(second)["correction"]["reason"] == "a name was put right"
    log = log_document()
    assert log is not None
    said = [json.loads(entry) for entry in log.entries]
    for report in told.reports.values():
        assert any(leaf.get("sha256") == report.sha256 for leaf in said), report.slug


def _every_gift_did_what_its_net_was(told: Told) -> None:
    """What a gift was attributed to and what still waits make its net, for every one that stands on a line."""
    asked = [gift for gift in told.given[::40] if _lined_up(gift)]
    assert len(asked) > 40
    for gift in asked:
        answer = gift_attribution(donation_id=gift.pk)
        assert answer is not None
        shares = sum(share.amount_minor for share in answer.shares)
        assert shares + answer.waiting_minor == sum(answer.net.values()), gift


def _nothing_that_was_spent_was_rewritten(told: Told) -> None:
    """The gift that was taken back after it was spent stands on no line: the help it was meant for stays help."""
    assert told.chargeback is not None
    assert not _lined_up(told.chargeback)
    told.chargeback.refresh_from_db()
    assert told.chargeback.state == "lost"


def _lined_up(gift: Donation) -> bool:
    return LinedUpGift.objects.filter(donation=gift).exists()


def _content(report: Report) -> dict[str, object]:
    report.refresh_from_db()
    content: dict[str, object] = json.loads(bytes(report.content or b""))
    return content


def _lines(report: Report) -> dict[str, int]:
    lines = _content(report)["lines"]
    assert isinstance(lines, dict)
    return lines


def _as_text(told: Told) -> str:
    """The year by months, and what stands on the accounts at its end."""
    shown = ("came_in", "given_back", "fees_and_running_costs", "help_with_documents", "with_partners", "waiting")
    rows = ["month   " + "".join(f"{line[:16]:>18}" for line in shown)]
    for key in (*map(str, MONTHS), "year"):
        said = _lines(told.reports[key])
        rows.append(f"{key:<8}" + "".join(f"{_sum(said[line]):>18}" for line in shown))
    accounts = [
        f"{line.account:<32}{_sum(line.debit_minor):>16}{_sum(line.credit_minor):>16}".rstrip()
        for line in trial_balance()
    ]
    return "\n".join([*rows, "", "What stands on the accounts", "", *accounts, ""])


def _sum(amount_minor: int) -> str:
    return format_money(amount_minor, language="en").replace("\xa0", " ").removesuffix(" zł") if amount_minor else ""
