"""The log, read: its last checkpoint, its proofs, and all of it as one file."""

import json
from dataclasses import dataclass
from typing import Any

from seal import merkle
from seal.models import Checkpoint, LogEntry, LogKind
from seal.queries.nodes import roots_of

LOG_FORMAT = "store-without-borders/log/1"


@dataclass(frozen=True)
class LogDocument:
    """The whole log for whoever checks offline: its checkpoint, and each leaf as the text its hash is made of."""

    checkpoint: str
    entries: list[str]

    def as_json(self) -> dict[str, Any]:
        """As it is handed out."""
        return {"format": LOG_FORMAT, "checkpoint": self.checkpoint, "entries": self.entries}


def checkpoint() -> str | None:
    """The newest signed checkpoint; None while nothing was published."""
    return Checkpoint.objects.order_by("-size").values_list("text", flat=True).first()


def checkpoints(*, size: int | None = None) -> list[tuple[int, dict[str, Any]]]:
    """Each checkpoint by the log's size then, with the proof that the one before it is its beginning; or the one of a size."""
    rows = Checkpoint.objects.all() if size is None else Checkpoint.objects.filter(size=size)
    return [
        (row.size, {"checkpoint": row.text, "previous_size": row.previous_size, "consistency": row.consistency})
        for row in rows.order_by("size")
    ]


def log_document() -> LogDocument | None:
    """The log up to its newest checkpoint, in two queries; None while nothing was published."""
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None:
        return None
    rows = LogEntry.objects.filter(position__lt=newest.size).order_by("position").values_list("content", flat=True)
    return LogDocument(checkpoint=newest.text, entries=[bytes(row).decode() for row in rows])


def inclusion_proof(*, index: int, size: int) -> list[bytes]:
    """The path from a leaf to the root of the first `size` leaves. One query. Raises merkle.NoSuchProof."""
    return roots_of(merkle.inclusion_ranges(index=index, size=size))


def consistency_proof(*, first: int, second: int) -> list[bytes]:
    """That the log of `second` leaves begins with the one of `first`. One query. Raises merkle.NoSuchProof."""
    return roots_of(merkle.consistency_ranges(first=first, size=second))


def log_root(*, size: int) -> bytes:
    """The root of the first `size` leaves, computed anew from what they say. Raises merkle.NoSuchProof."""
    rows = LogEntry.objects.filter(position__lt=size).order_by("position").values_list("content", flat=True)
    hashes = [merkle.leaf_hash(bytes(row)) for row in rows]
    if len(hashes) != size:
        raise merkle.NoSuchProof(f"{size} of {len(hashes)}")
    return merkle.root_of(hashes)


def leaf_of_report(*, report: str) -> dict[str, Any] | None:
    """What the log says of a report, with its "index"; None if it isn't in the log."""
    row = LogEntry.objects.filter(report=report).values_list("position", "content").first()
    return None if row is None else {**json.loads(bytes(row[1])), "index": row[0]}


def report_leaves() -> list[dict[str, Any]]:
    """What the log says of every report, oldest first."""
    rows = LogEntry.objects.exclude(kind=LogKind.KEY).order_by("position").values_list("content", flat=True)
    return [json.loads(bytes(row)) for row in rows]


def verification_keys() -> list[str]:
    """Every key that has signed, as C2SP writes it, oldest first."""
    rows = LogEntry.objects.filter(kind=LogKind.KEY).order_by("position").values_list("content", flat=True)
    return [str(json.loads(bytes(row))["key"]) for row in rows]
