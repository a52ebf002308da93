"""What attribution tells a report: how far the lines went, and what became of the gifts of each year."""

from collections.abc import Iterator
from typing import Any

from ledger.models import Mark
from transparency.attribution import queries
from transparency.figures.facts import Row

COLUMNS = ("came_in", "given_back", "fees", "running", "turned_into_help", "with_partners", "waiting")


def last_ids() -> dict[str, int]:
    """How far its tables went; cohorts themselves follow from the entries up to the mark."""
    ask = getattr(queries, "last_ids", None)
    return dict(ask()) if ask else {}


def read_cohorts(*, last_period: int, mark: Mark) -> list[Row]:
    """A row for each year in which somebody gave, oldest first. In grosze."""
    ask = getattr(queries, "cohorts", None)
    if ask is None:
        return []
    rows = ask(upto_entry=mark.last_entry_id, last_period=last_period)
    return [{"year": row.year, **{column: int(getattr(row, column)) for column in COLUMNS}} for row in rows]


def counted_in(*, first_period: int, last_period: int) -> Iterator[tuple[int, int, list[tuple[str, int]]]]:
    """(donor, donation, [(area, grosze)]) for each gift that was turned into help in the months, streamed."""
    ask: Any = getattr(queries, "counted_in", None)
    return iter(ask(first_period=first_period, last_period=last_period)) if ask else iter(())
