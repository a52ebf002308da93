"""What attribution tells a report: how far the lines went, and what became of the gifts of each year."""

from collections.abc import Iterator, Mapping

from ledger.models import Mark
from transparency.attribution import queries
from transparency.attribution.queries.snapshot import BATCH
from transparency.figures.facts import Row

COLUMNS = ("came_in", "given_back", "fees", "running", "turned_into_help", "with_partners", "lost", "waiting")


def last_ids() -> dict[str, int]:
    """How far the lines went."""
    return queries.last_ids()


def read_cohorts(*, last_period: int, mark: Mark, ids: Mapping[str, int]) -> list[Row]:
    """A row for each year in which somebody gave, oldest first. In grosze."""
    rows = queries.cohorts(upto_entry=mark.last_entry_id, last_period=last_period, upto=ids)
    return [{"year": row.year, **{column: int(getattr(row, column)) for column in COLUMNS}} for row in rows]


def shares_back(*, last_period: int, mark: Mark, ids: Mapping[str, int]) -> dict[int, int]:
    """By year of giving, what of its gifts' shares for running costs went back by the end of the month. In grosze."""
    return queries.shares_back(upto_entry=mark.last_entry_id, last_period=last_period, upto=ids)


def counted_in(
    *, first_period: int, last_period: int, ids: Mapping[str, int]
) -> Iterator[tuple[int, int, list[tuple[str, int]]]]:
    """(donor, donation, [(area, grosze)]) for each gift that was turned into help in the months, by donor, streamed.

    As the lines stood beside a mark; of a report whose mark knew no lines, nothing.
    """
    if not ids.get(BATCH):
        return iter(())
    return queries.counted_in(first_period=first_period, last_period=last_period, upto=ids)
