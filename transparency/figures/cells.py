"""Which funds share a row, so that no row stands for one to four donors, by itself or by subtraction. Pure.

A fund that may not stand alone is counted with its area, then with unrestricted money, then with the next purpose, until
the row may be shown. Money always sums: a merged row holds the sums of all its funds. Rows that may each be shown, and yet
tell of somebody when a reader adds them up, become one row, which then is merged on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

RUNNING_COSTS = "ADMIN"
"""Nobody gives to it; its spending is a line of its own, so it always stands alone."""

MOST_SUMS = 500
"""So many sums of rows are asked about; rows that make more of them are merged unasked, so time is bounded."""

Cell = frozenset[str]
MayShow = Callable[[Cell], bool]
RefusedSum = Callable[[Sequence[Cell]], Cell | None]
"""Of these rows, some that may not be added up; None if there are none."""


def shared_rows(
    *, funds: Sequence[str], parents: Mapping[str, str | None], may_show: MayShow, refused_sum: RefusedSum
) -> list[tuple[str, ...]]:
    """Cells of `funds` (in the order of the report), each headed by the fund that names it: the highest in the tree."""
    cells: list[Cell] = [frozenset({fund}) for fund in funds]
    while True:
        refused = _first_refused(cells, may_show)
        if refused is not None:
            beside = _next_above(refused, cells, parents)
            if beside is None:
                break
            together = refused | beside
        else:
            added_up = refused_sum([cell for cell in cells if RUNNING_COSTS not in cell])
            if added_up is None:
                break
            together = added_up
        cells = [together, *(cell for cell in cells if not cell <= together)]
    place = {fund: index for index, fund in enumerate(funds)}
    ordered = [_headed(cell, parents, place) for cell in cells]
    return sorted(ordered, key=lambda cell: place[cell[0]])


def sums_told_elsewhere(*, cells: Sequence[Cell], others: Iterable[Sequence[Cell]]) -> list[Cell]:
    """Sums of several of these rows that rows of other reports add up to as well, the smallest first.

    A reader can subtract only what both reports tell. So from each row the smallest sum is sought that another report tells
    too, and from that one the smallest that a third tells. Sums of such sums tell nothing more.
    """
    partitions = [list(other) for other in dict.fromkeys(frozenset(other) for other in others)]
    found: set[Cell] = set(cells)
    waiting = list(cells)
    while waiting and len(found) < MOST_SUMS + len(cells):
        start = waiting.pop()
        for partition in partitions:
            group = _least_told_by_both(start, cells, partition)
            if group is not None and group not in found:
                found.add(group)
                waiting.append(group)
    return sorted(found - set(cells), key=lambda group: (len(group), sorted(group)))


def _least_told_by_both(start: Cell, cells: Sequence[Cell], partition: Sequence[Cell]) -> Cell | None:
    """The smallest group around `start` that is a sum of rows here and there. None if one of them lacks a fund of it."""
    group, before = start, frozenset[str]()
    while group != before:
        before = group
        for rows in (partition, cells):
            group = group.union(*(row for row in rows if row & group))
    return group if group <= frozenset().union(*partition) and group <= frozenset().union(*cells) else None


def refused_rows(*, cells: Sequence[Sequence[str]], may_show: MayShow) -> list[tuple[str, ...]]:
    """Rows that may not be shown although nothing is left to merge them with."""
    return [tuple(cell) for cell in cells if RUNNING_COSTS not in cell and not may_show(frozenset(cell))]


def _first_refused(cells: Sequence[Cell], may_show: MayShow) -> Cell | None:
    return next((cell for cell in cells if RUNNING_COSTS not in cell and not may_show(cell)), None)


def _next_above(cell: Cell, cells: Sequence[Cell], parents: Mapping[str, str | None]) -> Cell | None:
    """The cell of the nearest ancestor that isn't in this one; else the next one there is. None when this is all."""
    others = [other for other in cells if other != cell and RUNNING_COSTS not in other]
    for fund in sorted(cell, key=lambda code: (-_depth(code, parents), code)):
        above = parents.get(fund)
        while above is not None:
            found = next((other for other in others if above in other), None)
            if found is not None:
                return found
            above = parents.get(above)
    return others[0] if others else None


def _headed(cell: Cell, parents: Mapping[str, str | None], place: Mapping[str, int]) -> tuple[str, ...]:
    head = min(cell, key=lambda code: (_depth(code, parents), place[code]))
    return (head, *sorted(cell - {head}, key=place.__getitem__))


def _depth(fund: str, parents: Mapping[str, str | None]) -> int:
    depth, above = 0, parents.get(fund)
    while above is not None:
        depth, above = depth + 1, parents.get(above)
    return depth
