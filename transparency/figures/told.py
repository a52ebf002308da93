"""What a reader works out by adding and subtracting the sums of all reports, exactly: linear algebra, no lists of cases. Pure.

Everything that was given is cut into pieces that no report ever parts (one fund, one month, between two marks). A published
figure is a sum of pieces; whatever can be worked out is a combination of such figures. It finds somebody if what is left of it,
after everything else has cancelled out, was given by one to four people.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from transparency.method import SMALLEST_CELL

Piece = Hashable
Sum = frozenset[Any]
People = frozenset[int]

PRIME = 2**61 - 1
"""Sums are combined modulo this prime: coefficients stay small, and a combination that cancels out still does."""
MOST_GROUPS = 4_000
"""So many groups of one to four people are looked for; where there are more, the answer is that somebody is found."""

_Row = dict[int, int]


class Told:
    """Sums that are told, and what of them concerns pieces of few people only.

    `people`: of each piece that anybody gave to, who; None for five people or more.
    """

    def __init__(self, *, people: Mapping[Any, People | None], sums: Iterable[Sum]) -> None:
        ordered = sorted(people, key=lambda piece: (people[piece] is not None, piece))
        self._place = {piece: place for place, piece in enumerate(ordered)}
        self._pieces = ordered
        self._people = [people[piece] or frozenset() for piece in ordered]
        self._few_from = sum(1 for piece in ordered if people[piece] is None)
        self._rows: dict[int, _Row] = {}
        self.tell(sums)

    def tell(self, sums: Iterable[Sum]) -> None:
        """Takes in further sums, short ones first: most pieces are told by themselves."""
        for each in sorted({frozenset(each & self._place.keys()) for each in sums}, key=len):
            _reduce({self._place[piece]: 1 for piece in each}, self._rows)

    def and_also(self, sums: Iterable[Sum]) -> "Told":
        """The same with further sums; this one stays as it is."""
        other = object.__new__(Told)
        other.__dict__.update(self.__dict__)
        other._rows = dict(self._rows)
        other.tell(sums)
        return other

    def found_beyond(self, before: "Told") -> frozenset[Any] | None:
        """The pieces of something that one to four people gave that can be worked out now and couldn't be before; else None."""
        mine, known = self._of_few(), before._of_few()
        if len(mine) == len(known):
            return None
        for group in _groups(self._people[place] for row in mine for place in row):
            inside = self._within(mine, group)
            if len(inside) > len(self._within(known, group)):
                return frozenset(self._pieces[place] for row in inside for place in row)
            if not group:
                return frozenset(self._pieces[place] for row in mine for place in row)
        return None

    def _of_few(self) -> list[_Row]:
        """A basis of what can be worked out of few people's pieces alone: the others come first, and are gone from these."""
        return [row for first, row in self._rows.items() if first >= self._few_from]

    def _within(self, rows: Sequence[_Row], group: People) -> list[_Row]:
        """A basis of what of it was given by this group alone."""
        outside = [place for place in {place for row in rows for place in row} if not self._people[place] <= group]
        shift = {place: place - len(self._pieces) for place in outside}
        kept: dict[int, _Row] = {}
        for row in rows:
            _reduce({shift.get(place, place): factor for place, factor in row.items()}, kept)
        return [row for first, row in kept.items() if first >= 0]


def _reduce(row: _Row, rows: dict[int, _Row]) -> None:
    """Takes the known rows out of this one, and keeps under its first place what is left of it."""
    places = list(row)
    heapify(places)
    while places:
        first = heappop(places)
        factor = row.get(first, 0)
        if not factor:
            continue
        known = rows.get(first)
        if known is None:
            inverse = pow(factor, -1, PRIME)
            rows[first] = {place: value * inverse % PRIME for place, value in row.items() if value}
            return
        for place, value in known.items():
            if place not in row:
                heappush(places, place)
            row[place] = (row.get(place, 0) - factor * value) % PRIME


def _groups(of: Iterable[People]) -> list[People]:
    """Groups of up to four people to which whole pieces belong, none within another. Too many: one empty group, last."""
    few = set(of)
    groups: set[People] = {frozenset()}
    for _person in range(SMALLEST_CELL - 1):
        groups |= {group | more for group in groups for more in few if len(group | more) < SMALLEST_CELL}
        if len(groups) > MOST_GROUPS:
            return [frozenset()]
    largest: list[People] = []
    for group in sorted(groups - {frozenset()}, key=len, reverse=True):
        if not any(group < other for other in largest):
            largest.append(group)
    return largest
