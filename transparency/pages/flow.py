"""The picture of where money came from and what it became: where each node and ribbon stands. Pure geometry.

Three steps from left to right: sources, purposes, what became of them; what is still held goes one step further, to
partners and to what waits. A ribbon is as thick as its sum at every place, so that its area is in proportion to it.
Lengths across are in thousandths of the picture's width, lengths down in units that are pixels on a screen.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEIGHT = 360
"""What the whole sum is high."""
LEAST_SLOT = 46
"""Room for a node's name and sum, however small the node."""
GAP = 14
BAR = 14
"""A node's bar across, in thousandths."""
ACROSS = (0, 250, 500, 730)
"""Where each step's bars begin; beyond the last there is room for its names."""
LONGEST_LABEL = 36
"""In letters. A longer name is cut in the picture; the table has all of it."""

SOURCES = ("opening", "gifts", "between_funds")
HELD = "held"
AFTER = ("with_partner", "waiting")
SPENT = ("partner", "ourselves")
RANK = (
    "partner",
    "ourselves",
    "running_costs",
    "fees",
    "given_back",
    "elsewhere",
    "between_funds",
    "undocumented",
    HELD,
)

Key = tuple[str, str, int]
"""Kind, code and step: what moves between purposes leaves on the right and comes in on the left."""


@dataclass(frozen=True, slots=True)
class Node:
    """One bar. `number` leads from the picture to the table where the picture has no room for words."""

    number: int
    label: str
    amount_minor: int
    step: int
    tone: str
    x: int
    y: float
    height: float

    @property
    def short(self) -> str:
        """Its name as the picture has room for it."""
        return self.label if len(self.label) <= LONGEST_LABEL else self.label[: LONGEST_LABEL - 1].rstrip() + "…"

    @property
    def across(self) -> str:
        """Where its bar ends, in percent of the width, as a drawing writes it."""
        return f"{(self.x + BAR) / 10:.1f}"

    @property
    def top(self) -> str:
        """Its upper edge, as a drawing writes it."""
        return f"{self.y:.2f}"

    @property
    def tall(self) -> str:
        """Its height, as a drawing writes it."""
        return f"{self.height:.2f}"

    @property
    def centre(self) -> str:
        """Its middle, where its name stands."""
        return f"{self.y + self.height / 2:.1f}"


@dataclass(frozen=True, slots=True)
class Ribbon:
    """One sum on its way. `path` in thousandths across."""

    source: int
    target: int
    amount_minor: int
    tone: str
    x: tuple[int, int]
    y: tuple[float, float]
    thickness: float

    @property
    def path(self) -> str:
        """The outline: two equal curves, `thickness` apart everywhere."""
        (left, right), (start, end), thick = self.x, self.y, self.thickness
        half = (left + right) // 2
        return (
            f"M{left} {start:.2f}C{half} {start:.2f} {half} {end:.2f} {right} {end:.2f}v{thick:.2f}"
            f"C{half} {end + thick:.2f} {half} {start + thick:.2f} {left} {start + thick:.2f}z"
        )

    @property
    def area(self) -> float:
        """What it covers: equal curves, `thickness` apart, over the way across."""
        return (self.x[1] - self.x[0]) * self.thickness


@dataclass(frozen=True, slots=True)
class Flow:
    """The whole picture."""

    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]
    height: int


def flow_of(rows: Sequence[Mapping[str, Any]], *, name: Callable[[Mapping[str, Any]], str]) -> Flow | None:
    """The picture of a report's flow; None when nothing moved. `name` says what a node is called.

    Rows of nothing, or below nothing, have no ribbon: they stand in the table.
    """
    moves = [(_key(row["from"], source=True), _key(row["to"], source=False), row["amount"]) for row in rows]
    moves = [move for move in moves if move[2] > 0]
    if not moves:
        return None
    names = {
        _key(node, source=side == "from"): name(node)
        for row in rows
        for side in ("from", "to")
        for node in (row[side],)
    }
    sums = _sums(moves)
    scale = HEIGHT / max(_of_step(sums, step) for step in range(len(ACROSS)))
    placed, height = _place(sums, scale=scale, order=_order(moves))
    nodes = {
        key: Node(
            number=number,
            label=names[key],
            amount_minor=sums[key],
            step=key[2],
            tone=_tone(key[0]),
            x=ACROSS[key[2]],
            y=placed[key],
            height=sums[key] * scale,
        )
        for number, key in enumerate(placed, start=1)
    }
    return Flow(nodes=tuple(nodes.values()), ribbons=tuple(_ribbons(moves, nodes, scale)), height=height)


def _key(node: Mapping[str, Any], *, source: bool) -> Key:
    kind, code = node["kind"], node["code"]
    if kind == "fund":
        return (kind, code, 1)
    if kind in AFTER:
        return (kind, code, 3)
    return (kind, code, 0 if kind in SOURCES and source else 2)


def _tone(kind: str) -> str:
    """What it is drawn in: help in the one accent, what waits in the house's colour, the rest quietly."""
    if kind in SPENT:
        return "help"
    return "waiting" if kind in (HELD, *AFTER) else "quiet"


def _sums(moves: Iterable[tuple[Key, Key, int]]) -> dict[Key, int]:
    """What each node holds: the larger of what comes in and what goes out."""
    came: dict[Key, int] = defaultdict(int)
    went: dict[Key, int] = defaultdict(int)
    for source, target, amount in moves:
        went[source] += amount
        came[target] += amount
    return {key: max(came[key], went[key]) for key in {**went, **came}}


def _of_step(sums: Mapping[Key, int], step: int) -> int:
    return sum(amount for key, amount in sums.items() if key[2] == step)


def _order(moves: Sequence[tuple[Key, Key, int]]) -> dict[Key, int]:
    """Nodes in the order of the report's rows; ends by what they are, held last, since it goes on."""
    order: dict[Key, int] = {}
    for source, target, _amount in moves:
        for key in (source, target):
            order.setdefault(key, len(order))
    return {
        key: place + 1000 * (RANK.index(key[0]) if key[2] == 2 and key[0] in RANK else 0)
        for key, place in order.items()
    }


def _place(sums: Mapping[Key, int], *, scale: float, order: Mapping[Key, int]) -> tuple[dict[Key, float], int]:
    """The upper edge of each node, step by step; what follows what is held begins where that stands."""
    tops: dict[Key, float] = {}
    lowest = 0.0
    for step in range(len(ACROSS)):
        y = 0.0
        keys = sorted((key for key in sums if key[2] == step), key=order.__getitem__)
        if step == len(ACROSS) - 1:
            wanted = sum(max(sums[key] * scale, LEAST_SLOT) + GAP for key in keys)
            y = max(0.0, min((top for key, top in tops.items() if key[0] == HELD), default=0.0), lowest - wanted)
        for key in keys:
            height = sums[key] * scale
            slot = max(height, LEAST_SLOT)
            tops[key] = y + (slot - height) / 2
            y += slot + GAP
        lowest = max(lowest, y)
    return tops, round(lowest - GAP) if lowest else 0


def _ribbons(moves: Sequence[tuple[Key, Key, int]], nodes: Mapping[Key, Node], scale: float) -> Iterable[Ribbon]:
    """Each ribbon leaves and arrives below the one before it, ordered so that few cross."""
    leaving: dict[Key, float] = {key: node.y for key, node in nodes.items()}
    arriving = dict(leaving)
    begins: dict[int, float] = {}
    for place, (source, _target, amount) in sorted(enumerate(moves), key=lambda each: nodes[each[1][1]].y):
        begins[place] = leaving[source]
        leaving[source] += amount * scale
    for place, (source, target, amount) in sorted(enumerate(moves), key=lambda each: nodes[each[1][0]].y):
        left, right = nodes[source], nodes[target]
        yield Ribbon(
            source=left.number,
            target=right.number,
            amount_minor=amount,
            tone=right.tone,
            x=(left.x + BAR, right.x),
            y=(begins[place], arriving[target]),
            thickness=amount * scale,
        )
        arriving[target] += amount * scale
