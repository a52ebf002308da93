"""Which funds share a row, so that no row stands for one to four donors, by itself or by subtraction. Pure.

A fund that may not stand alone is counted with its area, then with unrestricted money, then with the next purpose, until
the row may be shown. Money always sums: a merged row holds the sums of all its funds.
"""

from collections.abc import Callable, Mapping, Sequence

RUNNING_COSTS = "ADMIN"
"""Nobody gives to it; its spending is a line of its own, so it always stands alone."""

Cell = frozenset[str]
MayShow = Callable[[Cell], bool]


def shared_rows(*, funds: Sequence[str], parents: Mapping[str, str | None], may_show: MayShow) -> list[tuple[str, ...]]:
    """Cells of `funds` (in the order of the report), each headed by the fund that names it: the highest in the tree."""
    cells: list[Cell] = [frozenset({fund}) for fund in funds]
    refused = _first_refused(cells, may_show)
    while refused is not None:
        beside = _next_above(refused, cells, parents)
        if beside is None:
            break
        cells = [refused | beside if cell == refused else cell for cell in cells if cell != beside]
        refused = _first_refused(cells, may_show)
    place = {fund: index for index, fund in enumerate(funds)}
    ordered = [_headed(cell, parents, place) for cell in cells]
    return sorted(ordered, key=lambda cell: place[cell[0]])


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
