"""Sends webhooks over a few kept connections: as fast as they are acknowledged, or at a pace; and says how long each took."""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.webhooks.stripe_words import signature

_PIECE = 65_536


@dataclass(frozen=True)
class Load:
    """What was measured: seconds until the answer, for each webhook that was acknowledged; and the other answers."""

    seconds: float
    waits: list[float]
    refused: Counter[int]

    @property
    def per_second(self) -> float:
        return len(self.waits) / self.seconds

    def wait_ms(self, share: float) -> float:
        """That share of the answers came within so many milliseconds."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else float("nan")


@dataclass
class _Line:
    """One connection: since when it waits for an answer (or should have, at a pace), and what has come of it."""

    socket: socket.socket
    since: float = 0.0
    sent: bytes = b""
    got: bytearray = field(default_factory=bytearray)


def send(
    *, port: int, path: str, bodies: Iterator[bytes], seconds: float, connections: int = 8, pace: float | None = None
) -> Load:
    """Posts for so long. With a `pace` each webhook has its moment, and its wait is counted from that moment on, also
    when no connection was free: a slow server can't slow down what is asked of it."""
    work = _Work(port=port, path=path, bodies=bodies, connections=connections)
    try:
        return work.paced(seconds, pace) if pace else work.flat_out(seconds)
    finally:
        work.close()


class _Work:
    def __init__(self, *, port: int, path: str, bodies: Iterator[bytes], connections: int) -> None:
        self._port, self._path, self._bodies = port, path, bodies
        self._watched = selectors.DefaultSelector()
        self._free = [self._open() for _ in range(connections)]
        self._waits: list[float] = []
        self._refused: Counter[int] = Counter()

    def close(self) -> None:
        for key in list(self._watched.get_map().values()):
            key.data.socket.close()
        for line in self._free:
            line.socket.close()
        self._watched.close()

    def flat_out(self, seconds: float) -> Load:
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            while self._free:
                self._post(self._free.pop(), since=time.monotonic())
            self._take_answers(timeout=1)
        took = time.monotonic() - began
        return Load(seconds=took, waits=self._waits, refused=self._refused)

    def paced(self, seconds: float, pace: float) -> Load:
        began, sent = time.monotonic(), 0
        wanted = int(seconds * pace)
        while sent < wanted or self._watched.get_map():
            due = began + sent / pace
            now = time.monotonic()
            if now > began + 3 * seconds + 30:
                raise RuntimeError("the server does not keep up, by far")
            if sent < wanted and now >= due and self._free:
                self._post(self._free.pop(0), since=due)
                sent += 1
                continue
            pause = max(0.0, due - now) if sent < wanted and self._free else 1.0
            self._take_answers(timeout=pause)
        # from the first to the last acknowledgement, however late that was
        return Load(seconds=time.monotonic() - began, waits=self._waits, refused=self._refused)

    def _open(self) -> _Line:
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Line(connection)

    def _post(self, line: _Line, *, since: float) -> None:
        body = next(self._bodies)
        head = (
            f"POST {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Type: application/json\r\n"
            f"Stripe-Signature: {signature(body, int(time.time()))}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        line.since, line.sent = since, head.encode() + body
        line.socket.sendall(line.sent)
        self._watched.register(line.socket, selectors.EVENT_READ, line)

    def _take_answers(self, *, timeout: float) -> None:
        if not self._watched.get_map():
            time.sleep(timeout)
            return
        for key, _events in self._watched.select(timeout=timeout):
            line: _Line = key.data
            piece = self._piece(line)
            if not piece:
                # a server may end a kept connection between two answers; what was asked is asked again on a new one
                self._watched.unregister(line.socket)
                line.socket.close()
                line.socket = self._open().socket
                line.got.clear()
                line.socket.sendall(line.sent)
                self._watched.register(line.socket, selectors.EVENT_READ, line)
                continue
            line.got += piece
            status = _status(line.got)
            if status:
                self._watched.unregister(line.socket)
                line.got.clear()
                self._free.append(line)
                if status == 200:
                    self._waits.append(time.monotonic() - line.since)
                else:
                    self._refused[status] += 1

    @staticmethod
    def _piece(line: _Line) -> bytes:
        try:
            return line.socket.recv(_PIECE)
        except ConnectionResetError:
            return b""


def _status(got: bytearray) -> int:
    """The status of an answer that is all there, or 0."""
    end = got.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = bytes(got[:end]).lower()
    _, found, length = head.partition(b"\r\ncontent-length:")
    whole = end + 4 + int(length.split(b"\r\n", 1)[0]) if found else end + 4
    if not found and b"chunked" in head:
        whole = len(got) if got.endswith(b"0\r\n\r\n") else len(got) + 1
    return int(head.split(b" ", 2)[1]) if len(got) >= whole else 0
