"""A redirect of what a few people gave isn't told: the funds share a row, and what moves within a row is no move."""

import pytest

from ledger.models import Mark
from tests.unit.transparency.test_cells import FUNDS, MONTHS, PARENTS, Gifts, given, people
from tests.unit.transparency.test_figures import NAMES
from transparency.figures.cells import shared_rows
from transparency.figures.facts import Facts
from transparency.figures.flow import flow_of
from transparency.figures.material import FundSums
from transparency.figures.sections import fund_rows, moved_within, redirect_rows
from transparency.figures.whole import lines_of
from transparency.models import ReportKind
from transparency.sources import moves as sources
from transparency.sources.cells import Rows
from transparency.sources.pieces import Piece

GIFTS: Gifts = {
    ("WARM-NIGHT", 202601, 1),
    *((fund, 202601, donor) for fund in FUNDS if fund != "WARM-NIGHT" for donor in range(2, 9)),
}
CELL_OF = {"FOREST": "FOREST", "WARM-NIGHT": "FOREST", "GENERAL": "GENERAL"}
REDIRECT = {"from": "WARM-NIGHT", "to": "FOREST", "amount": 7_77, "clause": "1", "reason": "ended", "period": 202601}


def rows_with(moves: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    given(monkeypatch, GIFTS)
    rows = Rows(
        kind=ReportKind.MONTH, first_period=202601, last_period=202601, mark=Mark(last_entry_id=0),
        alone={fund: people(GIFTS, frozenset({fund}), {202601}) for fund in FUNDS}, published=[], house=frozenset(FUNDS),
        began=MONTHS[0], moves=moves,
    )  # fmt: skip
    return shared_rows(funds=FUNDS, parents=PARENTS, may_show=rows.may_show, refused_sum=rows.refused_sum)


def test_both_ends_of_a_redirect_of_few_peoples_money_share_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ("FOREST", "WARM-NIGHT") in rows_with([], monkeypatch)
    assert ("GENERAL", "FOREST", "WARM-NIGHT") in rows_with([("WARM-NIGHT", "GENERAL")], monkeypatch)


@pytest.mark.parametrize(
    ("gave", "found"),
    [
        ([frozenset({1}), frozenset({1, 2})], [("WARM-NIGHT", "FOREST")]),
        ([frozenset({1, 2, 3}), frozenset({4, 5})], []),
        ([frozenset({1}), None], []),
        ([], []),
    ],
)
def test_few_are_counted_over_all_months_since_the_books_began(
    gave: list[frozenset[int] | None], found: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_pieces(pieces: list[Piece]) -> dict[Piece, frozenset[int] | None]:
        assert [(piece.fund, piece.period) for piece in pieces] == [("WARM-NIGHT", 202512), ("WARM-NIGHT", 202601)]
        return dict(zip(pieces, gave, strict=False))

    monkeypatch.setattr(sources, "read_redirects", lambda **_: [REDIRECT])
    monkeypatch.setattr(sources, "givers_of_pieces", of_pieces)
    asked = {"first_period": 202601, "last_period": 202601, "began": 202512, "mark": Mark(last_entry_id=0)}
    assert sources.moves_of_few(**asked) == found


def test_what_moves_within_a_row_stands_in_no_column_and_on_no_ribbon() -> None:
    funds = (
        FundSums(code="FOREST", received=100_00, redirected_in=7_77),
        FundSums(code="GENERAL", received=50_00, redirected_in=3_00),
        FundSums(code="WARM-NIGHT", received=10_77, redirected_out=10_77),
    )
    facts = Facts(
        funds=funds, partners=(), spending=(), cells=(("GENERAL",), ("FOREST", "WARM-NIGHT")),
        redirects=(REDIRECT, {**REDIRECT, "to": "GENERAL", "amount": 3_00}),
    )  # fmt: skip
    within = moved_within(facts, CELL_OF)
    rows = {row["code"]: row for row in fund_rows(facts, NAMES, within)}
    assert (rows["FOREST"]["redirected_in"], rows["FOREST"]["redirected_out"]) == (0, 3_00)
    assert rows["FOREST"]["closing"] == 107_77
    assert sum(row["redirected_in"] - row["redirected_out"] for row in rows.values()) == 0
    assert [row["amount"] for row in redirect_rows(facts, CELL_OF)] == [3_00]
    edges = flow_of(facts, lines_of(facts, some_funds_only=False), cell_of=CELL_OF, partner_codes={}, within=within)
    assert 7_77 not in [edge["amount"] for edge in edges]
    between = [edge["amount"] for edge in edges if "between_funds" in (edge["from"]["kind"], edge["to"]["kind"])]
    assert between == [3_00, 3_00]
