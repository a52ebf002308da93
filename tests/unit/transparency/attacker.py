"""Somebody who has every published report, and combines their figures in every way there is.

Written apart from what the reports themselves ask (`transparency.figures.told`): fractions instead of a prime, every group of
one to four people instead of those that offer themselves.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

Row = dict[Any, Fraction]
MOST = 4


def found_people(
    *, figures: Sequence[frozenset[Any]], always_told: Sequence[frozenset[Any]], people: Mapping[Any, frozenset[int]]
) -> list[frozenset[int]]:
    """Groups of one to four people of whom `figures` tell what `always_told` doesn't. Each is a sum of pieces of money, which
    `people` gave.
    """
    large = {piece for piece, gave in people.items() if len(gave) > MOST}
    told = _without([*figures, *always_told], large, people)
    known = _without(always_told, large, people)
    if len(told) == len(known):
        return []
    donors = sorted({donor for row in told for piece in row for donor in people[piece]})
    groups = [frozenset(group) for group in combinations(donors, min(MOST, len(donors)))]
    return [group for group in groups if _rank_within(told, group, people) > _rank_within(known, group, people)]


def _without(figures: Sequence[frozenset[Any]], large: set[Any], people: Mapping[Any, frozenset[int]]) -> list[Row]:
    rows = [{piece: Fraction(1) for piece in figure if piece in people} for figure in set(figures)]
    return _solved(rows, first=large)[1]


def _rank_within(rows: Sequence[Row], group: frozenset[int], people: Mapping[Any, frozenset[int]]) -> int:
    outside = {piece for row in rows for piece in row if not people[piece] <= group}
    return len(_solved(rows, first=outside)[1])


def _solved(rows: Sequence[Row], *, first: set[Any]) -> tuple[list[Row], list[Row]]:
    """Rows solved for the pieces of `first`, and what is left, which has none of these and no row too many."""
    left, solved = [dict(row) for row in rows if row], []
    while chosen := next((row for row in left if row.keys() & first), None):
        left.remove(chosen)
        piece = min(chosen.keys() & first)
        left = _less(left, chosen, piece)
        solved.append(chosen)
    rest = []
    while left:
        chosen = left.pop()
        rest.append(chosen)
        left = _less(left, chosen, min(chosen))
    return solved, rest


def _less(rows: Sequence[Row], chosen: Row, piece: Any) -> list[Row]:
    left = [_minus(row, chosen, row[piece] / chosen[piece]) if piece in row else row for row in rows]
    return [row for row in left if row]


def _minus(row: Row, other: Row, factor: Fraction) -> Row:
    none = Fraction(0)
    differences = {piece: row.get(piece, none) - factor * other.get(piece, none) for piece in row.keys() | other.keys()}
    return {piece: value for piece, value in differences.items() if value}
