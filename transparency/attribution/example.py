"""The worked example of the page that explains the method, computed by the method itself."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from transparency.attribution.lines import Lines, Range, Want, shares

NEED, AREA = "NEED", "AREA"
MARKS = {"moved": "↑"}
"""What stands in the picture for what moves up, to the area."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Something on the need's line: what it was and where it stands. In grosze; `mark` stands for it in the picture."""

    mark: str
    name: str
    came: int
    fees: int
    given_back: int
    where: Range


@dataclass(frozen=True, slots=True)
class Spending:
    """What was taken from a line, and how it is called."""

    mark: str
    name: str
    fund: str
    where: tuple[Range, ...]

    @property
    def amount(self) -> int:
        """What it took in all."""
        return sum(each.length for each in self.where)


@dataclass(frozen=True, slots=True)
class Became:
    """What one gift did: by the mark of the spending, and what waits. They sum to `net`."""

    mark: str
    name: str
    parts: dict[str, int]
    waiting: int
    net: int


@dataclass(frozen=True, slots=True)
class Example:
    """The whole example."""

    standing: tuple[Standing, ...]
    spendings: tuple[Spending, ...]
    became: tuple[Became, ...]
    length: int
    freed: tuple[str, int]
    """What was reversed, and how much it had taken."""


_GIFTS = (("A", 3_000, 0, 0), ("B", 10_000, 150, 0), ("C", 5_000, 100, 0), ("D", 20_000, 260, 8_000))
"""Mark, gross, fee, given back before the gift was lined up."""


def worked_example() -> Example:
    """Plays the example, in the active language."""
    names = {"A": _("Left over from last year"), "B": "Zofia", "C": "Jan", "D": "Marta"}
    lines: Lines[str, str] = Lines()
    standing = tuple(
        Standing(mark, names[mark], gross, fee, back, lines.grow(fund=NEED, by=gross - fee - back))
        for mark, gross, fee, back in _GIFTS
    )
    lines.spend(Want("wrong", NEED, 4_500))
    lines.spend(Want("1", NEED, 6_000))
    lines.free(key="wrong", fund=NEED)
    lines.spend(Want("2", NEED, 7_000))
    lines.spend(Want("moved", NEED, 4_000, AREA))
    lines.spend(Want("3", AREA, 3_000))
    taken = [each for each in lines.taken if each.key not in lines.freed]
    called = {
        "1": _("Sleeping bags, invoice of 60 zł"),
        "2": _("Thermal blankets, invoice of 70 zł"),
        "moved": _("The season is over: 40 zł move to the area"),
        "3": _("Tea and food in the area, invoice of 30 zł"),
    }
    spendings = tuple(
        Spending(
            MARKS.get(key, key),
            name,
            AREA if key == "3" else NEED,
            tuple(each.where for each in taken if each.key == key),
        )
        for key, name in called.items()
    )
    became = []
    for each in standing:
        done, waiting = shares(place=each.where, fund=NEED, taken=taken)
        parts: dict[str, int] = {}
        for what, amount in done:
            parts[what.key] = parts.get(what.key, 0) + amount
        became.append(Became(each.mark, each.name, parts, waiting, each.where.length))
    return Example(standing, spendings, tuple(became), lines.lines[NEED].length, (_("Tents, invoice of 45 zł"), 4_500))


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of the picture: from where to how far, in percent of the line, as text that no language changes."""

    x: str
    width: str
    centre: str
    mark: str
    tone: str


def picture(example: Example) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The need's line as two rows of blocks: what stands on it, and what was taken from it."""
    above = tuple(_block(each.where, each.mark, "place", example.length) for each in example.standing)
    below = tuple(
        _block(where, each.mark, "moved" if each.mark == MARKS["moved"] else "spent", example.length)
        for each in example.spendings
        if each.fund == NEED
        for where in each.where
    )
    return above, below


def _block(where: Range, mark: str, tone: str, length: int) -> Block:
    return Block(
        x=_percent(where.start, length),
        width=_percent(where.length, length),
        centre=_percent((where.start + where.end) // 2, length),
        mark=mark,
        tone=tone,
    )


def _percent(position: int, length: int) -> str:
    thousandths = position * 100_000 // length
    return f"{thousandths // 1000}.{thousandths % 1000:03}"
