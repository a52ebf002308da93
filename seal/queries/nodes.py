"""Hashes over ranges of the log, from the few complete trees that they are made of. One question each, however long the log."""

from collections.abc import Iterable, Sequence

from django.db import connection

from seal import merkle
from seal.models import node_key


def roots_of(ranges: Sequence[merkle.Range]) -> list[bytes]:
    """The root over each range of leaves. Raises merkle.NoSuchProof where the log isn't that long."""
    wanted = [merkle.subtrees(low, high) for low, high in ranges]
    known = _hashes({node for nodes in wanted for node in nodes})
    try:
        return [merkle.folded([known[node_key(*node)] for node in nodes]) for nodes in wanted]
    except KeyError as missing:
        raise merkle.NoSuchProof(f"no node {missing}") from None


def _hashes(nodes: Iterable[tuple[int, int]]) -> dict[int, bytes]:
    keys = [node_key(level, number) for level, number in nodes]
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, hash FROM seal_lognode WHERE key = ANY(%s)", [keys])
        return {key: bytes(value) for key, value in cursor.fetchall()}
