"""The corpus: the same 500 files at each run, from one seed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random

from tests.support.corpus import jpeg, others, png

SIZE = 500
SEED = 20261121
Maker = Callable[[Random], bytes]


@dataclass(frozen=True)
class Planted:
    """One file, and whether it has to be taken or refused."""

    name: str
    content: bytes
    taken: bool


def corpus(*, size: int = SIZE) -> Iterator[Planted]:
    """So many files, each way of saying too much in turn: three of four are such as have to be taken."""
    good = _named(("jpeg", jpeg.MAKERS), ("png", png.MAKERS), ("", others.MAKERS))
    bad = _named(("jpeg", jpeg.REFUSED), ("png", png.REFUSED), ("", others.REFUSED))
    endless, other = cycle(good), cycle(bad)
    turns = ((next(endless), True) if number % 4 else (next(other), False) for number in range(size))
    for number, ((name, make), taken) in enumerate(islice(turns, size)):
        yield Planted(name=f"{number:03d} {name}", content=make(Random(SEED + number)), taken=taken)


def _named(*families: tuple[str, Mapping[str, Maker]]) -> list[tuple[str, Maker]]:
    return [(f"{family} {name}".strip(), make) for family, makers in families for name, make in makers.items()]
