"""An attacker who combines the figures of all published reports in any way finds nobody.

Worlds are drawn from a fixed seed each, so every run asks the same. Months, quarters, revisions, longer reports, campaigns and
reports of running months are published one after the other, as the rows that are asked about choose.
"""

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.periods import periods_between
from ledger.models import Mark
from tests.unit.transparency.attacker import found_people
from tests.unit.transparency.test_cells import FUNDS, PARENTS
from transparency.figures.cells import shared_rows
from transparency.figures.told import Told
from transparency.method import too_few
from transparency.models import ReportKind
from transparency.sources import cells as sources
from transparency.sources.cells import Rows, refused_in_a_campaign
from transparency.sources.pieces import Piece, cut_up
from transparency.sources.shown import Shown, with_others

HOUSE = frozenset(FUNDS)
MONTHS = periods_between(202601, 202605)
KINDS = ("months", "campaigns", "running")
CARELESS = {"months": (0, 4, 16), "campaigns": (11, 13, 15), "running": (0, 4, 9)}
"""Worlds in which pairs of reports by themselves are fine, and several of them together are not."""
OTHERS = range(30, 33)

Gift = tuple[int, int, str, int]
"""(month, day, fund, donor): in the order of the entries that book them, the first one by entry 1."""


@dataclass
class World:
    """What was given, and what everybody can read of it."""

    gifts: list[Gift]
    published: list[Shown] = field(default_factory=list)

    def donors(self, *, funds: frozenset[str], periods: list[int], mark: Mark, after_entry: int = 0) -> frozenset[int]:
        """Who gave to the funds in the months, by entries up to the mark and after one."""
        entries = enumerate(self.gifts[after_entry : mark.last_entry_id], after_entry)
        return frozenset(donor for _, (month, _day, fund, donor) in entries if fund in funds and month in periods)

    def many(self, fund: str, months: list[int], mark: Mark) -> int:
        """How many donors a fund had in the months."""
        return len(self.donors(funds=frozenset({fund}), periods=months, mark=mark))

    def of_pieces(self, pieces: list[Piece]) -> dict[Piece, frozenset[int]]:
        """Who gave each of them, where anybody did."""
        gave = {
            piece: self.donors(
                funds=frozenset({piece.fund}),
                periods=[piece.period],
                mark=Mark(last_entry_id=min(piece.upto_entry, len(self.gifts))),
                after_entry=piece.after_entry,
            )
            for piece in pieces
        }
        return {piece: donors for piece, donors in gave.items() if donors}

    def publishes(self, kind: str, first: int, last: int, *, funds: tuple[str, ...] = FUNDS, day: int = 31) -> None:
        """As far as the rows may be shown: a campaign, or a report of a running month, may be refused."""
        mark = Mark(last_entry_id=sum(1 for month, on, _, _ in self.gifts if (month, on) <= (last, day)))
        rows = Rows(
            kind=kind,
            first_period=first,
            last_period=last,
            mark=mark,
            alone={fund: self.many(fund, periods_between(first, last), mark) for fund in FUNDS},
            published=list(self.published),
            house=HOUSE,
            began=MONTHS[0],
        )
        chosen = shared_rows(funds=funds, parents=PARENTS, may_show=rows.may_show, refused_sum=rows.refused_sum)
        refused = kind == ReportKind.TO_DATE and any(map(too_few, rows.since_earlier(HOUSE)))
        if refused or (kind == ReportKind.CAMPAIGN and refused_in_a_campaign(rows, chosen)):
            return
        told = with_others([frozenset(cell) for cell in chosen], HOUSE, kind)
        self.published.append(Shown(kind, first, last, tuple(told), each_alone=False, last_entry=mark.last_entry_id))

    def gives_away(self) -> list[frozenset[int]]:
        """Groups of one to four people whom the published figures tell of, beyond the whole house's sums."""
        running = [(each.first_period, each.last_entry) for each in self.published if each.kind == ReportKind.TO_DATE]
        people = self.of_pieces(cut_up(funds=FUNDS, periods=MONTHS, marks=running))
        months = [frozenset(piece for piece in people if piece.period == month) for month in MONTHS]
        totals = [figure for shown in self.published for figure in whole(shown).sums(people, HOUSE)]
        figures = [figure for shown in self.published for figure in shown.sums(people, HOUSE)]
        return found_people(figures=figures, always_told=[*months, *totals], people=people)


def whole(shown: Shown) -> Shown:
    """The report as if all were in one row."""
    return Shown(shown.kind, shown.first_period, shown.last_period, (HOUSE,), False, shown.last_entry)


def play(kind: str, seed: int, patched: pytest.MonkeyPatch) -> World:
    """A world in which reports of this kind are published beside those of months."""
    draw = random.Random(f"{kind} {seed}")
    people = draw.choice((6, 9))
    gifts = {
        (draw.choice(MONTHS), draw.randint(1, 28), draw.choice(FUNDS), draw.randint(1, people))
        for _ in range(draw.randint(10, 70))
    }
    world = World(sorted(gifts))
    patched.setattr(sources, "givers_or_enough", lambda **asked: len(world.donors(**asked)))
    patched.setattr(sources, "givers_of_pieces", lambda pieces: known_by_number(world.of_pieces(pieces)))
    for month in MONTHS:
        if kind == "running":
            for day in sorted(draw.sample(range(3, 28), 2)):
                world.publishes(ReportKind.TO_DATE, month, month, day=day)
        world.publishes(ReportKind.MONTH, month, month)
        if month == 202603:
            world.publishes(ReportKind.QUARTER, 202601, 202603)
        if kind == "campaigns":
            funds = tuple(draw.sample(FUNDS, draw.randint(1, 4)))
            world.publishes(ReportKind.CAMPAIGN, draw.choice(MONTHS[: MONTHS.index(month) + 1]), month, funds=funds)
    world.publishes(ReportKind.YEAR, *sorted(draw.sample(MONTHS, 2)))
    again = draw.choice(MONTHS)
    world.publishes(ReportKind.MONTH, again, again)
    return world


def known_by_number(people: dict[Piece, frozenset[int]]) -> dict[Piece, frozenset[int] | None]:
    return {piece: donors if too_few(len(donors)) else None for piece, donors in people.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_no_combination_of_all_published_figures_tells_of_one_to_four_people(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = 0
    for seed in (*CARELESS[kind], *OTHERS):
        world = play(kind, seed, monkeypatch)
        assert world.gives_away() == [], seed
        rows += sum(len(shown.cells) - 1 for shown in world.published)
    assert rows, "there was something to combine"


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_exact_question_the_attacker_finds_somebody(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr(Rows, "_worked_out", lambda rows, cells: None)
    assert all(play(kind, seed, monkeypatch).gives_away() for seed in CARELESS[kind])


def told(people: dict[str, Any], *sums: str) -> Told:
    return Told(people=people, sums=[frozenset(each) for each in sums])


def test_three_sums_together_tell_what_no_two_of_them_do() -> None:
    """a + b, b + c and a + c: half of their sum less one of them is one piece."""
    people = {"a": frozenset({1}), "b": frozenset({2, 3, 4, 5}), "c": frozenset({6, 7, 8, 9})}
    before = told(people, "ab", "bc")
    assert before.found_beyond(told(people)) is None, "each sum is of five or more"
    found = before.and_also([frozenset("ac")]).found_beyond(before)
    assert found is not None
    assert found <= {"a", "b", "c"}


def test_what_many_gave_hides_nobody_once_it_cancels_out() -> None:
    people = {"a": frozenset({1}), "b": None}
    both = told(people, "ab")
    assert both.found_beyond(told(people)) is None
    assert both.and_also([frozenset("b")]).found_beyond(both) == {"a"}


def test_more_groups_than_can_be_looked_at_count_as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transparency.figures.told.MOST_GROUPS", 1)
    people = {"a": frozenset({1, 2, 3}), "b": frozenset({4, 5, 6})}
    assert told(people, "ab").found_beyond(told(people)) == {"a", "b"}
