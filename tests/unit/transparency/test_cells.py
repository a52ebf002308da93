"""Nobody can be found: a row of fewer than five donors is merged, also where it could be got by subtraction.

The attacker here has every published report, and adds and subtracts: a group of funds in one report, less the same group in
others; a closing balance beside a later opening. Whatever gifts are singled out so must be nobody's or five people's.
"""

import itertools
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, settings
from hypothesis import given as for_any
from hypothesis import strategies as st

from core.models import User
from core.periods import next_period, periods_between, previous_period
from ledger.models import Mark
from tests.factories.donors import make_donor
from tests.factories.transparency import NOVEMBER_16, OCTOBER, OCTOBER_NOON, Giving, make_published
from transparency import operations
from transparency.figures.cells import shared_rows
from transparency.figures.facts import Facts
from transparency.figures.material import FundSums
from transparency.figures.sections import deficit_rows
from transparency.method import too_few
from transparency.models import CheckName, Report, ReportKind
from transparency.sources import cells as sources
from transparency.sources.cells import Rows, refused_in_a_campaign
from transparency.sources.pieces import Piece
from transparency.sources.shown import Shown, with_others

FUNDS = ("GENERAL", "FOREST", "WARM-NIGHT", "FUEL", "LEGAL")
PARENTS = {"GENERAL": None, "FOREST": "GENERAL", "WARM-NIGHT": "FOREST", "FUEL": "FOREST", "LEGAL": "GENERAL"}
MONTHS = periods_between(202601, 202606)

Gifts = set[tuple[str, int, int]]
"""(fund, month, donor)."""


def people(gifts: Gifts, funds: frozenset[str], months: set[int]) -> int:
    return len({donor for fund, month, donor in gifts if fund in funds and month in months})


def publish(
    gifts: Gifts, published: list[Shown], *, kind: str, first: int, last: int, funds: tuple[str, ...] = FUNDS
) -> Shown | None:
    """What `sources.cells` would choose, with these gifts instead of a database. None: a campaign that may not be told."""
    months = periods_between(first, last)
    alone = {fund: people(gifts, frozenset({fund}), set(months)) for fund in FUNDS}
    rows = Rows(
        kind=kind,
        first_period=first,
        last_period=last,
        mark=Mark(last_entry_id=0),
        alone=alone,
        published=published,
        house=frozenset(FUNDS),
        began=MONTHS[0],
    )
    chosen = shared_rows(funds=funds, parents=PARENTS, may_show=rows.may_show, refused_sum=rows.refused_sum)
    if kind == ReportKind.CAMPAIGN and refused_in_a_campaign(rows, chosen):
        return None
    return Shown(
        kind=kind,
        first_period=first,
        last_period=last,
        cells=tuple(with_others([frozenset(cell) for cell in chosen], frozenset(FUNDS), kind)),
        each_alone=False,
        last_entry=0,
    )


def given(patched: pytest.MonkeyPatch, gifts: Gifts) -> None:
    """The rows ask these gifts instead of a database."""

    def by_piece(pieces: Sequence[Piece]) -> dict[Piece, frozenset[int] | None]:
        gave = {
            piece: frozenset(donor for fund, month, donor in gifts if (fund, month) == (piece.fund, piece.period))
            for piece in pieces
        }
        return {piece: donors if too_few(len(donors)) else None for piece, donors in gave.items() if donors}

    patched.setattr(sources, "givers_or_enough", lambda *, funds, periods, **_: people(gifts, funds, set(periods)))
    patched.setattr(sources, "givers_of_pieces", by_piece)


def groups() -> list[frozenset[str]]:
    return [frozenset(chosen) for size in range(1, len(FUNDS)) for chosen in itertools.combinations(FUNDS, size)]


def singled_out(published: list[Shown], group: frozenset[str]) -> list[set[int]]:
    """Sets of months of which the group's gifts can be summed by adding and subtracting."""
    months = {shown.first_period for shown in published if shown.kind == ReportKind.MONTH and shown.tells(group)}
    found = [{month} for month in months]
    longer = [shown for shown in published if shown.kind != ReportKind.MONTH and shown.tells(group)]
    for shown in longer:
        found += [set(shown.periods), set(shown.periods) - months]
    for one, other in itertools.permutations(longer, 2):
        inside, outside = set(one.periods) - months, set(other.periods) - months
        if inside < outside:
            found.append(outside - inside)
    # Every report tells a balance at its beginning and one at its end; two of them tell what was between. Before the books
    # began there was nothing.
    told = [shown for shown in published if shown.tells(group)]
    days = {MONTHS[0], *(day for shown in told for day in (shown.first_period, next_period(shown.last_period)))}
    found += [
        set(periods_between(start, previous_period(end))) for start, end in itertools.combinations(sorted(days), 2)
    ]
    return found


def beside_rows(published: list[Shown]) -> list[tuple[frozenset[str], set[int]]]:
    """(funds, months) that one report's row holds beside another's rows, in the months that both sum up."""
    found = []
    for one, other in itertools.permutations(published, 2):
        days = {one.first_period, next_period(one.last_period)} & {other.first_period, next_period(other.last_period)}
        for row in one.cells:
            inside = [mine for mine in other.cells if mine < row]
            rest = row.difference(*inside)
            if inside and rest:
                months = [periods_between(MONTHS[0], previous_period(day)) for day in days if day > MONTHS[0]]
                found += [(rest, set(each)) for each in months]
                if len(days) == 2:
                    found.append((rest, set(one.periods)))
    return found


HIDDEN_BESIDE: Gifts = {
    *(("WARM-NIGHT", 202601, donor) for donor in range(1, 8)),
    *(("FUEL", 202601, donor) for donor in (1, 2)),
    *(("GENERAL", 202601, donor) for donor in range(1, 8)),
}
"""A campaign of two needs, one of few: its sum less the other need's row in the month's report would tell the few."""
HIDDEN_IN_A_SUM: Gifts = {
    ("FOREST", 202601, 1),
    *(("GENERAL", 202601, donor) for donor in (2, 3, 4, 5, 6)),
    *(("FOREST", 202602, donor) for donor in (2, 3, 4, 5)),
}
"""Forest and general money share January's row; if both stood alone in March, their sum would tell of February's four."""
MANY_IN_FEBRUARY: Gifts = HIDDEN_IN_A_SUM | {("LEGAL", 202602, donor) for donor in range(2, 9)}
"""The same where the house's total of February is a crowd's."""
HIDDEN_IN_A_QUARTER: Gifts = {*(("GENERAL", 202601, donor) for donor in (1, 2, 3, 4)), ("GENERAL", 202603, 5)}
"""Five in the quarter; yet its closing balance beside February's would tell of March's donor."""

HIDDEN_BEFORE: Gifts = {
    ("LEGAL", 202601, 1),
    *(("GENERAL", 202601, donor) for donor in range(2, 9)),
    *((fund, 202602, donor) for fund in ("LEGAL", "GENERAL") for donor in range(2, 9)),
}
"""January's one donor of legal help would stand in its opening balance of February, since the books began with nothing."""


@settings(max_examples=25, deadline=None)
@example(gifts=HIDDEN_BESIDE, longer=[], campaigns=[(202601, ("WARM-NIGHT", "FUEL"))], revised=[])
@example(gifts=HIDDEN_BEFORE, longer=[], campaigns=[], revised=[202601])
@example(gifts=HIDDEN_IN_A_SUM, longer=[], campaigns=[], revised=[])
@example(gifts=MANY_IN_FEBRUARY, longer=[], campaigns=[], revised=[])
@example(gifts=HIDDEN_IN_A_QUARTER, longer=[], campaigns=[], revised=[])
@for_any(
    gifts=st.sets(
        st.tuples(st.sampled_from(FUNDS), st.sampled_from(MONTHS), st.integers(1, 12)), min_size=5, max_size=90
    ),
    longer=st.lists(st.tuples(st.sampled_from(MONTHS), st.sampled_from(MONTHS)), max_size=3),
    campaigns=st.lists(
        st.tuples(
            st.sampled_from(MONTHS), st.sets(st.sampled_from(FUNDS), min_size=1, max_size=4).map(sorted).map(tuple)
        ),
        max_size=2,
    ),
    revised=st.lists(st.sampled_from(MONTHS), max_size=2),
)
def test_no_subtraction_of_published_reports_finds_one_to_four_donors(
    gifts: Gifts, longer: list[tuple[int, int]], campaigns: list[tuple[int, tuple[str, ...]]], revised: list[int]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        given(patched, gifts)
        published: list[Shown] = []
        for month in MONTHS:
            published.append(publish(gifts, published, kind=ReportKind.MONTH, first=month, last=month))
            if month % 100 % 3 == 0:
                published.append(publish(gifts, published, kind=ReportKind.QUARTER, first=month - 2, last=month))
            for funds in (funds for when, funds in campaigns if when == month):
                told = publish(gifts, published, kind=ReportKind.CAMPAIGN, first=month, last=month, funds=funds)
                published += [told] if told else []
        for first, last in longer:
            if first < last:
                published.append(publish(gifts, published, kind=ReportKind.YEAR, first=first, last=last))
        for month in revised:
            published.append(publish(gifts, published, kind=ReportKind.MONTH, first=month, last=month))
        for rest, months in beside_rows(published):
            assert not too_few(people(gifts, rest, months)), (sorted(rest), sorted(months))
        for group in groups():
            for months in singled_out(published, group):
                assert not too_few(people(gifts, group, months)), (sorted(group), sorted(months))


def test_without_looking_back_the_attacker_would_find_somebody() -> None:
    """The negative control: each month by itself is fine, and two of them tell of the one between."""
    gifts: Gifts = {("FUEL", month, donor) for month in (202601, 202603) for donor in range(1, 7)} | {
        ("FUEL", 202602, 1)
    }
    gifts |= {("GENERAL", month, donor) for month in MONTHS for donor in range(1, 9)}
    alone = [
        Shown(
            kind=ReportKind.MONTH, first_period=month, last_period=month, each_alone=False, last_entry=0,
            cells=tuple(frozenset({fund}) for fund in FUNDS) if month != 202602
            else (frozenset({"FUEL", "GENERAL"}), *(frozenset({fund}) for fund in ("FOREST", "WARM-NIGHT", "LEGAL"))),
        )
        for month in (202601, 202602, 202603)
    ]  # fmt: skip
    found = [people(gifts, frozenset({"FUEL"}), months) for months in singled_out(alone, frozenset({"FUEL"}))]
    assert 1 in found


@pytest.mark.parametrize("gifts", [HIDDEN_IN_A_SUM, MANY_IN_FEBRUARY])
def test_without_adding_rows_up_the_attacker_would_find_somebody(gifts: Gifts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of sums: row by row all is fine, and two rows of March tell of February."""
    given(monkeypatch, gifts)
    pair = frozenset({"FOREST", "GENERAL"})

    def found() -> list[int]:
        published: list[Shown] = []
        for month in MONTHS[:3]:
            published.append(publish(gifts, published, kind=ReportKind.MONTH, first=month, last=month))
        return [people(gifts, pair, months) for months in singled_out(published, pair)]

    assert not any(map(too_few, found()))
    monkeypatch.setattr(Rows, "refused_sum", lambda rows, cells: None)
    assert 4 in found()


def content(report: Report) -> dict[str, Any]:
    return json.loads(bytes(report.content or b""))


@pytest.mark.money
def test_a_need_of_few_donors_is_counted_in_its_area_and_the_money_still_sums(
    books: Giving, ada: User, bartek: User
) -> None:
    for amount in (10_00, 20_00, 30_00, 40_00, 50_00):
        books.give(amount, fund="FOREST")
        books.give(amount, fund="GENERAL")
    books.give(777_77, fund="WARM-NIGHT")
    said = content(make_published(ada=ada, bartek=bartek))
    rows = {row["code"]: row for row in said["funds"]}
    assert "WARM-NIGHT" not in rows
    assert [fund["code"] for fund in rows["FOREST"]["merged"]] == ["WARM-NIGHT"]
    assert rows["FOREST"]["received"] == 150_00 + 777_77
    assert sum(row["received"] for row in rows.values()) == said["lines"]["came_in"]
    need = next(row for row in said["needs"] if row["fund"] == "WARM-NIGHT")
    assert (need["came_in"], need["merged_into"]) == (None, "FOREST")
    assert "small_groups_merged" in said["limits"]
    notes = said["notes"]["denominations"]
    assert {row["fund"] for row in notes} == {"FOREST", "GENERAL"}
    assert sum(row["denomination"] * row["count"] for row in notes) == said["notes"]["sum"] == said["lines"]["came_in"]
    assert 777_77 not in [edge["amount"] for edge in said["flow"]]


@pytest.mark.money
def test_one_donor_of_many_gifts_is_one_donor(books: Giving, ada: User, bartek: User) -> None:
    zofia = make_donor()
    for amount in (10_00, 20_00, 30_00, 40_00, 50_00, 60_00):
        books.give(amount, donor_id=zofia)
        books.give(amount, fund="GENERAL")
    said = content(make_published(ada=ada, bartek=bartek))
    assert [row["code"] for row in said["funds"] if row["received"]] == ["GENERAL"]


@pytest.mark.money
def test_a_campaign_of_few_donors_is_stopped_by_name(books: Giving, ada: User, bartek: User) -> None:
    for amount in (10_00, 20_00, 30_00, 40_00, 50_00):
        books.give(amount, fund="GENERAL")
    books.give(777_77, fund="WARM-NIGHT")
    make_published(ada=ada, bartek=bartek)
    operations.define_campaign(
        code="night", name_pl="Noc", name_en="Night", first_period=OCTOBER, last_period=OCTOBER,
        funds=["WARM-NIGHT"], actor=ada, reason="the board asked", now=NOVEMBER_16,
    )  # fmt: skip
    report = operations.request_report(
        kind=ReportKind.CAMPAIGN, campaign="night", actor=ada, reason="it is over", now=NOVEMBER_16
    )
    operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    finding = report.findings.get()
    assert (finding.check_name, finding.subject) == (CheckName.SMALL_CELLS, "WARM-NIGHT")


@pytest.mark.money
def test_another_report_to_date_waits_for_five_donors_more(books: Giving, ada: User, bartek: User) -> None:
    november = OCTOBER_NOON.replace(month=11)
    for amount in (10_00, 20_00, 30_00, 40_00, 50_00):
        books.give(amount, at=november)
    make_published(ada=ada, bartek=bartek, kind=ReportKind.TO_DATE, period=202611)
    books.give(60_00, at=november, now=NOVEMBER_16)
    report = operations.request_report(
        kind=ReportKind.TO_DATE, period=202611, actor=ada, reason="a donor asked", now=NOVEMBER_16
    )
    operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    assert report.findings.get().check_name == CheckName.SMALL_CELLS
    for amount in (70_00, 80_00, 90_00, 95_00):
        books.give(amount, at=november, now=NOVEMBER_16)
    operations.rebuild_report(report_id=report.pk, actor=ada, reason="five more gave", now=NOVEMBER_16)
    assert operations.build_report(report_id=report.pk, now=NOVEMBER_16) == "draft"


def test_what_a_fund_of_few_donors_lacks_is_told_with_its_row() -> None:
    """Its spending is known by its documents: what it lacks would tell what was given."""
    funds = (
        FundSums(code="FOREST", received=100_00),
        FundSums(code="WARM-NIGHT", received=7_77, spent=20_00),
        FundSums(code="LEGAL", received=5_00, spent=6_00, covered=0),
    )
    facts = Facts(funds=funds, partners=(), spending=(), cells=(("FOREST", "WARM-NIGHT"), ("LEGAL",)))
    cell_of = {"FOREST": "FOREST", "WARM-NIGHT": "FOREST", "LEGAL": "LEGAL"}
    assert deficit_rows(facts, cell_of) == [{"fund": "LEGAL", "amount": 1_00, "covered": 0}]
