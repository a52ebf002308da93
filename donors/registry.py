"""Everyone who holds something of a donor registers here, at start-up, how to export and how to erase it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Export = Callable[[int], Mapping[str, Any]]
"""Takes a donor's id; answers plain JSON of what the holder has of that donor."""


class Erase(Protocol):
    """Forgets what the law allows to be forgotten, inside the caller's database transaction. May run twice."""

    def __call__(self, donor_id: int, *, now: datetime) -> None: ...


Hinders = Callable[[int], Iterable[str]]
"""Takes a donor's id; answers what must end before the donor can be erased, in words for the donor. Asks nobody else."""


def nothing_hinders(donor_id: int) -> tuple[str, ...]:
    """What a holder says of whom nothing ever stands in the way."""
    return ()


class HolderTaken(Exception):
    """Two holders registered under one name: one of them would silently be left out. Not expected."""

    def __init__(self, *, name: str) -> None:
        super().__init__(f"another holder is registered as {name}")
        self.name = name


@dataclass(frozen=True)
class Holder:
    """Who holds something of a donor."""

    name: str
    export: Export
    erase: Erase
    hinders: Hinders = nothing_hinders


_holders: dict[str, Holder] = {}


def register(name: str, export: Export, erase: Erase, hinders: Hinders = nothing_hinders) -> None:
    """Adds a holder; the same one may come twice. Raises HolderTaken."""
    holder = Holder(name=name, export=export, erase=erase, hinders=hinders)
    if _holders.setdefault(name, holder) != holder:
        raise HolderTaken(name=name)


def holders() -> Iterator[Holder]:
    """All holders, in the order in which they registered."""
    yield from list(_holders.values())
