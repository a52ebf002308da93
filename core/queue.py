"""Hints to workers. PostgreSQL holds what is due; a hint only makes it quick, and a lost one costs a minute."""

import logging
import time
from dataclasses import dataclass

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

QUIET_AFTER_LOSS_SECONDS = 10.0
"""How long a process sends no hint after losing one: a broker that hangs would keep a donor waiting for each of them."""


@dataclass
class _Quiet:
    """Until when this process is quiet, by its monotonic clock."""

    until: float = 0.0


_quiet = _Quiet()


def enqueue(name: str, *args: int | str) -> None:
    """Asks a worker to run the task `name` with ids, once the database transaction at hand is committed.

    A broker that can't be reached is logged and otherwise ignored: the sweeper finds the row.
    """
    transaction.on_commit(lambda: send(name, *args))


def send(name: str, *args: int | str) -> None:
    """Sends the hint now. Never raises for a broker's sake, and for a while after a loss doesn't try."""
    if time.monotonic() < _quiet.until:
        logger.warning("hint_lost", extra={"task": name})
        return
    try:
        current_app.send_task(name, args=args, retry=False)
    except Exception:  # noqa: BLE001 -- whatever a broker does, the row is there and the sweeper finds it
        _quiet.until = time.monotonic() + QUIET_AFTER_LOSS_SECONDS
        logger.warning("hint_lost", extra={"task": name}, exc_info=False)
