"""Has a file decoded by a process of its own, and believes nothing of its answer but sizes and pixels."""

import os
import selectors
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from aid_packages.evidence.kinds import MOST_PAGES, NotTaken, NotTakenReason, TakenKind

DECODER = Path(__file__).resolve().parent / "decoder.py"
WAITING_SECONDS = 120.0
"""How long is waited for the process altogether. What it may compute is held by its own limit; this ends one that hangs, and
on a machine with ten others at work an honest photograph waits ten times as long as it computes."""
LONGEST_SIDE = 2000
_TAG = 8
_REASONS = frozenset({"damaged", "moving", "pixels", "pages", "locked", "heavy"})


@dataclass(frozen=True)
class Sheet:
    """One picture or page: bare RGB, three bytes a pixel."""

    width: int
    height: int
    rgb: bytes


def sheets_of(*, content: bytes, kind: TakenKind, seconds: float = WAITING_SECONDS) -> Iterator[Sheet]:
    """The file's pages as pixels, each as soon as it is decoded. Raises NotTaken.

    The process gets no environment, no folder and nothing but three pipes; it ends with this generator, whatever happens.
    `seconds` count while it is waited for, not while the caller works on the page before.
    """
    with _decoder(kind) as process:
        answer = _Answer(process, seconds=seconds)
        feeder = threading.Thread(target=_feed, args=(process.stdin, content), daemon=True)
        feeder.start()
        try:
            yield from _sheets(answer)
        finally:
            process.kill()
            feeder.join()


def _sheets(answer: "_Answer") -> Iterator[Sheet]:
    found = 0
    while (tag := answer.read(_TAG)) != b"the-end-":
        if tag == b"refused-":
            reason = answer.read(16).decode("ascii", "replace").strip()
            raise NotTaken(NotTakenReason(reason) if reason in _REASONS else NotTakenReason.DAMAGED)
        width, height = struct.unpack(">II", answer.read(8))
        found += 1
        if tag != b"sheet---" or found > MOST_PAGES or not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
            raise NotTaken(NotTakenReason.DAMAGED)
        yield Sheet(width, height, answer.read(width * height * 3))
    if not found:
        raise NotTaken(NotTakenReason.DAMAGED)


def _decoder(kind: TakenKind) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 -- our own program, with one of four words as its argument
        [sys.executable, "-I", "-B", str(DECODER), kind.value],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
        bufsize=0,
    )


def _feed(pipe: IO[bytes] | None, content: bytes) -> None:
    """Hands the file over. A decoder that has refused it no longer listens."""
    assert pipe is not None
    left = memoryview(content)
    with suppress(OSError):
        while left:
            left = left[pipe.write(left) or 0 :]
        pipe.close()


class _Answer:
    """What the process says, read to an exact length and within the time."""

    def __init__(self, process: "subprocess.Popen[bytes]", *, seconds: float) -> None:
        assert process.stdout is not None
        self._file = process.stdout.fileno()
        self._left = seconds

    def read(self, length: int) -> bytes:
        """Exactly so many bytes. Raises NotTaken when they don't come, or not in time."""
        parts = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._file, selectors.EVENT_READ)
            while len(parts) < length:
                since = time.monotonic()
                came = selector.select(max(0.0, self._left))
                self._left -= time.monotonic() - since
                if not came:
                    raise NotTaken(NotTakenReason.TOO_HEAVY)
                part = os.read(self._file, min(length - len(parts), 1 << 20))
                if not part:
                    raise NotTaken(NotTakenReason.TOO_HEAVY)
                parts += part
        return bytes(parts)
