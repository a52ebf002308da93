"""What acts on goods leave in the trail, and the lock under which their rows are added."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from core.models import User
from core.trail import record
from ledger.operations import hold_for_posting


def note(*, subject: str, act: str, actor: User, reason: str, now: datetime, **facts: int | str) -> None:
    """Adds an act to the trail of an item, a lot, a delivery or a service. Raises ReasonMissing."""
    record(actor=actor, act=act, subject=subject, reason=reason, now=now, facts=facts)


def hold_lots(*, lot_ids: Iterable[int]) -> None:
    """The right to add rows of help, and the lots' own locks in the order of their ids, so nobody waits in a circle.

    Until the database transaction ends.
    """
    hold_for_posting()
    with connection.cursor() as cursor:
        for lot_id in sorted(set(lot_ids)):
            cursor.execute("SELECT deliveries_hold_lot(%s)", [lot_id])
