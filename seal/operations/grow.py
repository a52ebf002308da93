"""What makes the log longer: its lock, a leaf, a checkpoint. Called by `append` and by a change of keys."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from core.documents.canonical import canonical_json
from core.queue import enqueue
from seal.log_text import checkpoint_text
from seal.merkle import consistency_ranges, leaf_hash, node_hash
from seal.models import Checkpoint, LogEntry, LogKind, LogNode, Sending, SendingKind, node_key
from seal.queries.nodes import roots_of
from seal.signing import SigningKey, log_name, signed_note

LOCK = 0x5EA1
"""The advisory lock under which the log grows: one leaf after the other."""
MOST_BYTES = 65_535
"""An entry's length stands in two bytes (C2SP tlog-tiles)."""


class BadRecord(ValueError):
    """A leaf lacks its report's name or hash, or is too long. Never expected."""


@dataclass(frozen=True)
class Appended:
    """The leaf's index, and the signed checkpoint of the log that ends in it."""

    index: int
    checkpoint: str


def hold_log() -> None:
    """Lets nobody else add to the log until the database transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def add_leaf(
    *, kind: LogKind, report: str | None, record: dict[str, Any], keys: list[SigningKey], now: datetime
) -> Appended:
    """A leaf, its checkpoint signed by the keys, and what is to be sent of it. The caller holds the log."""
    content = canonical_json({**record, "kind": kind.value, "at": _instant(now)})
    if len(content) > MOST_BYTES:
        raise BadRecord(f"{report or kind} is too long")
    before = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    size = before + 1
    LogEntry.objects.create(
        position=before, kind=kind, report=report, content=content, leaf_hash=leaf_hash(content), added_at=now
    )
    _add_nodes(position=before, content=content)
    steps = consistency_ranges(first=before, size=size) if before else []
    root, *proof = roots_of([(0, size), *steps])
    text = signed_note(text=checkpoint_text(origin=log_name(), size=size, root=root), keys=keys)
    checkpoint = Checkpoint.objects.create(
        size=size,
        root=root.hex(),
        text=text,
        previous_size=before,
        consistency=[step.hex() for step in proof],
        signed_at=now,
    )
    _note_sendings(checkpoint, now)
    return Appended(index=before, checkpoint=text)


def _add_nodes(*, position: int, content: bytes) -> None:
    """The leaf's hash, and that of each tree which it makes complete."""
    node, level, number = leaf_hash(content), 0, position
    nodes = [LogNode(key=node_key(0, number), hash=node)]
    while number % 2:
        left = bytes(LogNode.objects.get(key=node_key(level, number - 1)).hash)
        node, level, number = node_hash(left, node), level + 1, number >> 1
        nodes.append(LogNode(key=node_key(level, number), hash=node))
    LogNode.objects.bulk_create(nodes)


def _note_sendings(checkpoint: Checkpoint, now: datetime) -> None:
    """Rows that say where the checkpoint goes; nothing is sent from here."""
    wanted = [(SendingKind.MIRROR, address) for address in settings.SEAL_MIRRORS]
    if settings.SEAL_TIMESTAMP_URL:
        wanted.append((SendingKind.TIMESTAMP, settings.SEAL_TIMESTAMP_URL))
    Sending.objects.bulk_create(
        Sending(checkpoint=checkpoint, kind=kind, address=address, due_at=now) for kind, address in wanted
    )
    if wanted:
        enqueue("seal.send_due")


def _instant(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
