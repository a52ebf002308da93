"""The log of erasures outside the database: an older copy that is restored forgets them, and this tells it again.

A line is a donor's number, the erasure's own random number and when; nobody can be told from it. The file belongs on
another disk than the database, and is kept as long as its oldest backup.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from donors.models import Donor, Erasure
from donors.operations.erase_contact import erase_contact


class ErasureLogDamaged(ValueError):
    """A line of the file is no erasure. Not expected: somebody changed it. Carries the line's number; nothing was applied."""

    def __init__(self, *, line: int) -> None:
        super().__init__(f"line {line} of the erasure log is damaged")
        self.line = line


@dataclass(frozen=True)
class LoggedErasure:
    """One line."""

    erasure_id: UUID
    donor_number: int
    at: datetime


@dataclass(frozen=True)
class Applied:
    """What became of the lines."""

    erased: int
    """Donors who were readable again, and are no more."""
    already: int
    """Donors who were erased anyway."""
    unknown: int
    """Donors whom this copy of the database doesn't know."""
    newer: int
    """Numbers that have since been given to somebody else, who gave first after the erasure: left alone."""


def log_path() -> Path | None:
    """Where ERASURE_LOG_FILE says that the log is written; None if it isn't."""
    configured = getattr(settings, "ERASURE_LOG_FILE", "")
    return Path(configured) if configured else None


def export_erasures(*, path: Path) -> int:
    """Adds to the file what it lacks. Returns how many lines. May run twice, and at once with another."""
    path.touch(mode=0o600)
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        written = {erasure.erasure_id for erasure in _parsed(file)}
        missing = [row for row in Erasure.objects.order_by("at", "id") if row.pk not in written]
        for row in missing:
            line = {"erasure": str(row.pk), "donor": row.donor_number, "at": row.at.isoformat()}
            file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return len(missing)


def apply_erasures(*, path: Path) -> Applied:
    """Erases again whomever the file names, as of then. May run twice. Raises ErasureLogDamaged before anything is done.

    Run it after a restore, before the shop opens.
    """
    with path.open(encoding="utf-8") as file:
        logged = list(_parsed(file))
    outcomes = [_apply(erasure) for erasure in logged]
    return Applied(**{name: outcomes.count(name) for name in ("erased", "already", "unknown", "newer")})


def _apply(erasure: LoggedErasure) -> str:
    with transaction.atomic():
        donor = Donor.objects.select_for_update().filter(pk=erasure.donor_number).first()
        if donor is not None and donor.first_seen_at > erasure.at:
            return "newer"
        Erasure.objects.bulk_create(
            [Erasure(id=erasure.erasure_id, donor_number=erasure.donor_number, at=erasure.at)], ignore_conflicts=True
        )
        if donor is None:
            return "unknown"
        if donor.erased_at is not None:
            return "already"
        erase_contact(donor_id=donor.pk, now=erasure.at)
        return "erased"


def _parsed(lines: Iterable[str]) -> Iterator[LoggedErasure]:
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line)
            at = datetime.fromisoformat(told["at"])
            yield LoggedErasure(erasure_id=UUID(told["erasure"]), donor_number=int(told["donor"]), at=at)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ErasureLogDamaged(line=number) from None
