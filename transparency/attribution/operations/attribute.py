"""Letting spending take from the lines: loads what is free and what waits, lets the pure method decide, writes it down."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import connection

from transparency.attribution.lines import Line, Lines, Range, Want
from transparency.attribution.models import LineFreeing, LinePlace, LineSpending, LineTaking
from transparency.attribution.operations.events import Event

Key = tuple[int, int, str]
"""What names a spending: its entry, its fund and its use."""

# The positions that no counting taking holds: between one and the next, and behind the last.
_FREE = """
    WITH counting AS (
        SELECT taking.fund_id, taking.start, taking.start + taking.length AS ends FROM attribution_linetaking taking
         WHERE NOT EXISTS (SELECT FROM attribution_linefreeing freeing WHERE freeing.spending_id = taking.spending_id)
    ), lines AS (
        SELECT fund.id AS fund_id, last.ends FROM ledger_fund fund CROSS JOIN LATERAL (
            SELECT place.start + place.length AS ends FROM attribution_lineplace place
             WHERE place.fund_id = fund.id ORDER BY place.start DESC LIMIT 1) last
    ), gaps AS (
        SELECT fund_id, coalesce(lag(ends) OVER (PARTITION BY fund_id ORDER BY start), 0) AS start, start AS ends FROM counting
        UNION ALL
        SELECT lines.fund_id, coalesce((SELECT max(counting.ends) FROM counting WHERE counting.fund_id = lines.fund_id), 0),
               lines.ends
          FROM lines
    )
    SELECT lines.fund_id, lines.ends, gaps.start, gaps.ends
      FROM lines LEFT JOIN gaps ON gaps.fund_id = lines.fund_id AND gaps.start < gaps.ends
     ORDER BY 1, 3
"""
_WAITING = """
    SELECT spending.id, spending.entry_id, spending.fund_id, spending.use, spending.to_fund_id,
           spending.amount_minor - coalesce(taken.length, 0), reversal.reverses_id
      FROM attribution_linespending spending
      JOIN ledger_journalentry reversal ON reversal.id = spending.entry_id
      LEFT JOIN (SELECT spending_id, sum(length)::bigint AS length FROM attribution_linetaking GROUP BY spending_id) taken
        ON taken.spending_id = spending.id
     WHERE spending.amount_minor > coalesce(taken.length, 0)
       AND NOT EXISTS (SELECT FROM attribution_linefreeing freeing WHERE freeing.spending_id = spending.id)
     ORDER BY spending.entry_id, spending.fund_id, spending.use
"""


def attribute(*, batch_id: int, events: Iterable[Event]) -> None:
    """Lets what waits, and then these events in the order of their entries, take from the lines as they stand now.

    Called inside the database transaction that lengthened them, which holds the lines alone.
    """
    ids, waiting = _waiting()
    lines: Lines[Key, int] = Lines(_free(), waiting=waiting)
    lines.serve(*sorted({want.fund for want in waiting}))
    spendings: dict[Key, LineSpending] = {}
    freed: list[tuple[Key, Event]] = []
    for event in events:
        if event.role == "free" and event.reverses_id is not None:
            key = (event.reverses_id, event.fund_id, event.use)
            lines.free(key=key, fund=event.fund_id, taken_before=_taken_before(key))
            freed.append((key, event))
            continue
        key = (event.entry_id, event.fund_id, event.use)
        spendings[key] = LineSpending(
            batch_id=batch_id,
            entry_id=event.entry_id,
            fund_id=event.fund_id,
            use=event.use,
            amount_minor=event.amount_minor,
            to_fund_id=event.to_fund_id,
        )
        first = tuple(_what_came(event, lines)) if event.reverses_id is not None else ()
        lines.spend(Want(key, event.fund_id, event.amount_minor, event.to_fund_id, first))
    _write(batch_id=batch_id, ids=ids, lines=lines, spendings=spendings, freed=freed)


def _free() -> dict[int, Line]:
    lines: defaultdict[int, Line] = defaultdict(Line)
    with connection.cursor() as cursor:
        cursor.execute(_FREE)
        for fund_id, length, start, ends in cursor.fetchall():
            lines[fund_id].length = int(length)
            if start is not None:
                lines[fund_id].free.append(Range(int(start), int(ends)))
    return dict(lines)


def _waiting() -> tuple[dict[Key, int], list[Want[Key, int]]]:
    """The spendings that wait, and the ids of their rows."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        rows = cursor.fetchall()
    ids = {(entry_id, fund_id, use): spending_id for spending_id, entry_id, fund_id, use, *_ in rows}
    wants: list[Want[Key, int]] = [
        Want((entry_id, fund_id, use), fund_id, int(lacking), to_fund_id, tuple(_came_by(reverses_id, fund_id, use)))
        for _, entry_id, fund_id, use, to_fund_id, lacking, reverses_id in rows
    ]
    return ids, wants


def _taken_before(key: Key) -> Iterator[Range]:
    entry_id, fund_id, use = key
    rows = LineTaking.objects.filter(spending__entry_id=entry_id, spending__fund_id=fund_id, spending__use=use)
    yield from (Range(start, start + length) for start, length in rows.order_by("start").values_list("start", "length"))


def _what_came(event: Event, lines: Lines[Key, int]) -> Iterator[Range]:
    """Where on this line the money stands that a reversed entry put there: it is what goes back first."""
    yield from _came_by(event.reverses_id, event.fund_id, event.use)
    for taken in lines.taken:
        if taken.key[0] == event.reverses_id and taken.to_fund == event.fund_id and taken.moved_to is not None:
            yield taken.moved_to


def _came_by(reverses_id: int | None, fund_id: int, use: str) -> Iterator[Range]:
    if reverses_id is None:
        return
    by_itself = LinePlace.objects.filter(entry_id=reverses_id, fund_id=fund_id, use=use)
    moved = LinePlace.objects.filter(moved_from__spending__entry_id=reverses_id, fund_id=fund_id)
    for rows in (by_itself, moved):
        for start, length in rows.order_by("start").values_list("start", "length"):
            yield Range(start, start + length)


def _write(
    *,
    batch_id: int,
    ids: dict[Key, int],
    lines: Lines[Key, int],
    spendings: dict[Key, LineSpending],
    freed: list[tuple[Key, Event]],
) -> None:
    LineSpending.objects.bulk_create(spendings.values(), batch_size=5_000)
    ids = {**ids, **{key: spending.pk for key, spending in spendings.items()}}
    takings = [
        LineTaking(
            batch_id=batch_id,
            spending_id=ids[taken.key],
            fund_id=taken.fund,
            start=taken.where.start,
            length=taken.where.length,
        )
        for taken in lines.taken
    ]
    LineTaking.objects.bulk_create(takings, batch_size=5_000)
    LinePlace.objects.bulk_create(
        (
            LinePlace(
                batch_id=batch_id,
                fund_id=taken.to_fund,
                start=taken.moved_to.start,
                length=taken.moved_to.length,
                moved_from=taking,
            )
            for taken, taking in zip(lines.taken, takings, strict=True)
            if taken.moved_to is not None and taken.to_fund is not None
        ),
        batch_size=5_000,
    )
    LineFreeing.objects.bulk_create(
        LineFreeing(batch_id=batch_id, spending_id=_row_of(key, ids), entry_id=event.entry_id) for key, event in freed
    )


def _row_of(key: Key, ids: dict[Key, int]) -> int:
    """The row of a spending: one that is written now or waited, else one that had all it takes."""
    if key in ids:
        return ids[key]
    entry_id, fund_id, use = key
    return LineSpending.objects.only("pk").get(entry_id=entry_id, fund_id=fund_id, use=use).pk
