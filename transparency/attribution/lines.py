"""The method itself, version 1: lines, and how spending takes from their start. Pure: no database, no clock.

A position is a grosz on a fund's line, counted from its start. The operations load what they need, let this decide, and write
down what it decided; the page that explains the method computes its example with it, too.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

METHOD_VERSION = 1

Key = TypeVar("Key", bound=Hashable)
"""What names a spending."""
Fund = TypeVar("Fund", int, str)
"""What names a fund: its id in the operations, its code in an example."""


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Positions [start, end) of a line; never empty."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many grosze stand there."""
        return self.end - self.start

    def common(self, other: "Range") -> "Range | None":
        """What both hold."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Range(start, end) if start < end else None


def stand(*, nets: Iterable[int], at: int = 0) -> list[Range]:
    """The ranges of gifts that are put on a line, one after the other, from position `at`. Nets are positive grosze."""
    places = []
    for net in nets:
        places.append(Range(at, at + net))
        at += net
    return places


def without(*, ranges: Iterable[Range], taken: Sequence[Range]) -> list[Range]:
    """What is left of ranges (in order) when others (in order, not overlapping) are taken out."""
    left = []
    for each in ranges:
        at = each.start
        for cut in taken:
            if cut.end > at and cut.start < each.end:
                if cut.start > at:
                    left.append(Range(at, cut.start))
                at = max(at, cut.end)
        if at < each.end:
            left.append(Range(at, each.end))
    return left


@dataclass(frozen=True, slots=True)
class Want(Generic[Key, Fund]):
    """What a spending still takes from a fund's line, in grosze. Money that moves to another fund names it.

    `first` are positions to take before the line's start: where money goes back that came by mistake.
    """

    key: Key
    fund: Fund
    amount: int
    to_fund: Fund | None = None
    first: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken(Generic[Key, Fund]):
    """An interval that a spending took; where it moved to, if it moved to another fund's line."""

    key: Key
    fund: Fund
    where: Range
    to_fund: Fund | None = None
    moved_to: Range | None = None


@dataclass(slots=True)
class Line:
    """One fund's line: how long it is, and which of its positions nothing has taken."""

    length: int = 0
    free: list[Range] = field(default_factory=list)

    def grow(self, by: int) -> Range:
        """Puts something at its end."""
        added = Range(self.length, self.length + by)
        self.length = added.end
        self.give_back([added])
        return added

    def give_back(self, ranges: Iterable[Range]) -> None:
        """Frees positions; neighbours become one."""
        merged: list[Range] = []
        for each in sorted([*self.free, *ranges]):
            if merged and merged[-1].end == each.start:
                merged[-1] = Range(merged[-1].start, each.end)
            else:
                merged.append(each)
        self.free = merged

    def take(self, amount: int, *, first: Sequence[Range] = ()) -> list[Range]:
        """Takes up to `amount`: out of `first` while anything is free there, then from the start of the line."""
        taken: list[Range] = []
        for wanted in (*first, Range(0, self.length)) if self.length else ():
            for free in self.free:
                common = free.common(wanted)
                if common is not None and amount > 0:
                    part = Range(common.start, min(common.end, common.start + amount))
                    amount -= part.length
                    taken.append(part)
            self.free = without(ranges=self.free, taken=sorted(taken))
        return taken


class Lines(Generic[Key, Fund]):
    """All lines, and what waits for them to grow. Whoever came first takes first, in each fund."""

    def __init__(self, lines: Mapping[Fund, Line] | None = None, *, waiting: Iterable[Want[Key, Fund]] = ()) -> None:
        self.lines: defaultdict[Fund, Line] = defaultdict(Line, lines or {})
        self.taken: list[Taken[Key, Fund]] = []
        self.freed: set[Key] = set()
        self._waiting: defaultdict[Fund, deque[Want[Key, Fund]]] = defaultdict(deque)
        for want in waiting:
            self._waiting[want.fund].append(want)

    def grow(self, *, fund: Fund, by: int) -> Range:
        """Puts a gift or other income at the end of a line; what waits for it takes at once."""
        added = self.lines[fund].grow(by)
        self.serve(fund)
        return added

    def spend(self, want: Want[Key, Fund]) -> None:
        """A spending takes its place behind those that wait."""
        self._waiting[want.fund].append(want)
        self.serve(want.fund)

    def free(self, *, key: Key, fund: Fund, taken_before: Iterable[Range] = ()) -> None:
        """A spending is reversed: what it waits for is forgotten, and what it took is free again.

        `taken_before` is what it took before these lines were loaded.
        """
        self._waiting[fund] = deque(want for want in self._waiting[fund] if want.key != key)
        self.freed.add(key)
        own: list[Range] = [taken.where for taken in self.taken if taken.key == key]
        self.lines[fund].give_back([*taken_before, *own])
        self.serve(fund)

    def serve(self, *funds: Fund) -> None:
        """Lets what waits take what is free, on these lines and on those to which money moves by it."""
        grown = deque(funds)
        while grown:
            fund = grown.popleft()
            for moved_to in self._serve_one(fund):
                if moved_to not in grown:
                    grown.append(moved_to)

    def waiting(self, fund: Fund) -> int:
        """What spendings of a fund still lack."""
        return sum(want.amount for want in self._waiting[fund])

    def _serve_one(self, fund: Fund) -> list[Fund]:
        line, queue, grown = self.lines[fund], self._waiting[fund], []
        while queue and line.free:
            want = queue.popleft()
            parts = line.take(want.amount, first=want.first)
            for part in parts:
                moved_to = self.lines[want.to_fund].grow(part.length) if want.to_fund is not None else None
                self.taken.append(Taken(want.key, fund, part, want.to_fund, moved_to))
            lacking = want.amount - sum(part.length for part in parts)
            if lacking:
                queue.appendleft(Want(want.key, fund, lacking, want.to_fund, want.first))
            if want.to_fund is not None:
                grown.append(want.to_fund)
        return grown


def shares(
    *, place: Range, fund: Fund, taken: Sequence[Taken[Key, Fund]]
) -> tuple[list[tuple[Taken[Key, Fund], int]], int]:
    """What a place's grosze did: (the taking, how many of them) for each that did not move on; and how many wait.

    Follows what moved to other lines. Takings that were freed must not be among `taken`.
    """
    done: list[tuple[Taken[Key, Fund], int]] = []
    waiting = 0
    todo = deque([(fund, place)])
    while todo:
        where, mine = todo.popleft()
        waiting += mine.length
        for each in taken:
            common = each.where.common(mine) if each.fund == where else None
            if common is None:
                continue
            waiting -= common.length
            if each.to_fund is None or each.moved_to is None:
                done.append((each, common.length))
            else:
                start = each.moved_to.start + common.start - each.where.start
                todo.append((each.to_fund, Range(start, start + common.length)))
    return done, waiting
