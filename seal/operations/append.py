"""Adding what was published to the log, in the caller's database transaction: both happen, or neither."""

import re
from datetime import datetime
from typing import Any

from seal.models import LogEntry, LogKind
from seal.operations.grow import Appended, BadRecord, add_leaf, hold_log
from seal.operations.rotate import take_note_of_key
from seal.signing import signing_keys

SHA256_HEX = re.compile(r"[0-9a-f]{64}")


class AlreadyInTheLog(Exception):
    """The report has its leaf. Not expected: a revision is published once. `report` is its name."""

    def __init__(self, *, report: str) -> None:
        super().__init__(f"{report} is in the log already")
        self.report = report


def append(*, kind: str, record: dict[str, Any], now: datetime) -> Appended:
    """Adds what was published to the log, and signs a checkpoint with a consistency proof from the last.

    `kind` is "report" or "correction"; `record` holds at least {"slug", "revision", "sha256"} of the report's bytes, and
    "notes_root" where it has notes. If another key signs than the last time, a leaf that says so comes first. To be called
    inside the database transaction that publishes. Raises BadRecord, AlreadyInTheLog, OldKeyMissing.
    """
    report = str(record.get("slug", ""))
    if kind not in (LogKind.REPORT, LogKind.CORRECTION) or not report:
        raise BadRecord(f"{kind} {report}")
    if not SHA256_HEX.fullmatch(str(record.get("sha256", ""))):
        raise BadRecord(f"{report} has no hash")
    hold_log()
    if LogEntry.objects.filter(report=report).exists():
        raise AlreadyInTheLog(report=report)
    take_note_of_key(now=now)
    return add_leaf(kind=LogKind(kind), report=report, record=record, keys=signing_keys()[:1], now=now)
