"""The daily run: gifts past the refund window step onto the lines, and spending takes from their start."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from ledger.operations import take_mark
from payments.operations.line_up import REFUND_WINDOW, line_up
from transparency.attribution.models import LineBatch
from transparency.attribution.operations.attribute import attribute
from transparency.attribution.operations.events import read_events
from transparency.attribution.operations.lengthen import put_gifts, put_income

MOST_AT_ONCE = 50_000
"""Gifts of one batch: their rows are locked, and nobody takes a mark, while it is written."""

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7003, 0)"
"""Held by a batch until it commits, and taken before any other lock."""


@dataclass(frozen=True, slots=True)
class BroughtUp:
    """What a run did: how many batches it wrote, how many gifts they put on lines, and up to which entry the lines stand."""

    batches: int
    gifts: int
    upto_entry: int


def bring_up_to_date(*, now: datetime, at_once: int = MOST_AT_ONCE) -> BroughtUp:
    """Puts every gift that is past the refund window at `now` on its lines, and lets all that is booked take from them.

    May run at any time, late, twice, or twice at once: it begins where the last batch ended. Called outside any database
    transaction. Each batch is one, so whoever stops it stops between two.
    """
    mark = take_mark(now=now)
    batches, gifts = 0, 0
    after: tuple[datetime, int] | None = None
    while True:
        with transaction.atomic(durable=True):
            batch, after = _one_batch(now=now, upto_entry=mark.last_entry_id, after=after, limit=at_once)
        if batch is not None:
            batches, gifts = batches + 1, gifts + batch.gifts
        if after is None:
            return BroughtUp(batches=batches, gifts=gifts, upto_entry=mark.last_entry_id)


def line_up_day(*, now: datetime) -> BroughtUp:
    """The day's run, by the calendar or by a sweeper: the same as bring_up_to_date."""
    return bring_up_to_date(now=now)


def _one_batch(
    *, now: datetime, upto_entry: int, after: tuple[datetime, int] | None, limit: int
) -> tuple[LineBatch | None, tuple[datetime, int] | None]:
    """One batch, if there is anything for it, and where the next one goes on."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    known = LineBatch.objects.order_by("-pk").values_list("upto_entry", flat=True).first() or 0
    upto_entry = max(known, upto_entry)
    lined = line_up(now=now, after=after, limit=limit)
    if lined.gifts == 0 and upto_entry == known:
        return None, lined.last
    batch = LineBatch.objects.create(
        at=now,
        due_before=now - REFUND_WINDOW,
        upto_entry=upto_entry,
        seen_entry=max(lined.seen_entry, upto_entry),
        gifts=lined.gifts,
    )
    events = read_events(after_entry=known, upto_entry=upto_entry)
    put_income(batch_id=batch.pk)
    put_gifts(batch_id=batch.pk)
    attribute(batch_id=batch.pk, events=events)
    return batch, lined.last
