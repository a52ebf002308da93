"""The log of erasures outside the database: an older copy that is restored forgets them, and this tells it again.

A line is a donor's number, the erasure's own random number and when; nobody can be told from it. Other rooms that erase
write their lines into the same file (`register_erasures`), so one command tells a restored copy all of it. The file
belongs on another disk than the database, and is kept as long as its oldest backup.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
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
class OtherErasures:
    """What another room erases and writes into the same file, a line for each: {`field`: its name, "at": when, ...}.

    `lines` are all its erasures in the database. `check` raises ValueError, KeyError or TypeError for a damaged line.
    `apply` erases again, may run twice, and gives "erased", "already" or "unknown".
    """

    field: str
    lines: Callable[[], Iterable[dict[str, Any]]]
    check: Callable[[Mapping[str, Any]], object]
    apply: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class Applied:
    """What became of the lines."""

    erased: int
    """Donors, or things of other rooms, that were readable again, and are no more."""
    already: int
    """Those that were erased anyway."""
    unknown: int
    """Those that this copy of the database doesn't know."""
    newer: int
    """Numbers that have since been given to somebody else, who gave first after the erasure: left alone."""


_others: dict[str, OtherErasures] = {}


def register_erasures(others: OtherErasures) -> None:
    """Makes another room's erasures a part of the file. Called at start-up; again: nothing changes."""
    _others[others.field] = others


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
        written = {_name(line) for line in _parsed(file)}
        missing = [line for line in _all_lines() if _name(line) not in written]
        for line in missing:
            file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return len(missing)


def apply_erasures(*, path: Path) -> Applied:
    """Erases again whomever and whatever the file names, as of then. May run twice.

    Run it after a restore, before the shop opens. Raises ErasureLogDamaged before anything is done.
    """
    with path.open(encoding="utf-8") as file:
        logged = list(_parsed(file))
    outcomes = [_apply(line) for line in logged]
    return Applied(**{name: outcomes.count(name) for name in ("erased", "already", "unknown", "newer")})


def _all_lines() -> Iterator[dict[str, Any]]:
    for row in Erasure.objects.order_by("at", "id"):
        yield {"erasure": str(row.pk), "donor": row.donor_number, "at": row.at.isoformat()}
    for others in _others.values():
        yield from others.lines()


def _name(line: Mapping[str, Any]) -> tuple[str, str]:
    others = _other(line)
    return (others.field, str(line[others.field])) if others else ("erasure", str(line["erasure"]))


def _apply(line: Mapping[str, Any]) -> str:
    others = _other(line)
    return others.apply(line) if others else _apply_to_donor(_read(line))


def _apply_to_donor(erasure: LoggedErasure) -> str:
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


def _parsed(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, text in enumerate(lines, start=1):
        try:
            line = dict(json.loads(text))
            others = _other(line)
            (others.check if others else _read)(line)
            yield line
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ErasureLogDamaged(line=number) from None


def _other(line: Mapping[str, Any]) -> OtherErasures | None:
    return next((others for field, others in _others.items() if field in line), None)


def _read(line: Mapping[str, Any]) -> LoggedErasure:
    at = datetime.fromisoformat(line["at"])
    return LoggedErasure(erasure_id=UUID(line["erasure"]), donor_number=int(line["donor"]), at=at)
