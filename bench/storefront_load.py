"""A small load client: a few connections that are kept open, each asking again as soon as it was answered."""

import re
import selectors
import socket
import time
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_PIECE = 262_144


@dataclass
class _Line:
    """One connection: what has come of the answer it waits for."""

    socket: socket.socket
    got: bytearray = field(default_factory=bytearray)
    wanted: int = 0


@dataclass(frozen=True)
class Load:
    """What was measured."""

    per_second: float
    body_bytes: int


def load(*, port: int, path: str, seconds: float, connections: int = 4) -> Load:
    """Answers per second to GET `path`. Raises RuntimeError for anything but 200 with a length."""
    ask = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\n\r\n".encode()
    watched = selectors.DefaultSelector()
    for _ in range(connections):
        _open(watched, port, ask)
    answered, body, began = 0, 0, time.monotonic()
    while time.monotonic() - began < seconds:
        for key, _events in watched.select(timeout=1):
            line: _Line = key.data
            piece = line.socket.recv(_PIECE)
            if not piece and not line.got:
                # A server may end a connection between two answers; the next one begins anew.
                watched.unregister(line.socket)
                line.socket.close()
                _open(watched, port, ask)
                continue
            line.got += piece
            if not line.wanted:
                body, line.wanted = _head(line.got)
            if line.wanted and len(line.got) >= line.wanted:
                answered += 1
                line.got.clear()
                line.wanted = 0
                line.socket.sendall(ask)
    took = time.monotonic() - began
    for key in list(watched.get_map().values()):
        key.data.socket.close()
    watched.close()
    return Load(per_second=answered / took, body_bytes=body)


def _open(watched: selectors.BaseSelector, port: int, ask: bytes) -> None:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    watched.register(connection, selectors.EVENT_READ, _Line(connection))
    connection.sendall(ask)


def _head(got: bytearray) -> tuple[int, int]:
    """(length of the body, length of the whole answer), or zeros while the head isn't whole."""
    end = got.find(b"\r\n\r\n")
    if end < 0:
        return 0, 0
    head = bytes(got[: end + 2])
    found = _LENGTH.search(head)
    if not head.startswith(b"HTTP/1.1 200") or found is None:
        raise RuntimeError(f"not an answer to measure: {head[:300]!r}")
    return int(found.group(1)), end + 4 + int(found.group(1))
