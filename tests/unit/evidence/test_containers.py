"""The second look at a finished JPEG: each thing that a picture doesn't need is refused, wherever it hides."""

import io
import struct
from random import Random

import pytest

from aid_packages.evidence.containers import Unexpected, walk_jpeg
from aid_packages.evidence.encode import jpeg_of
from aid_packages.evidence.kinds import NotTaken, NotTakenReason
from aid_packages.evidence.pixels import Sheet
from tests.support.corpus import jpeg
from tests.support.corpus.jpeg import segment, with_segments

RGB = Random(3).randbytes(48 * 32 * 3)
CLEAN = jpeg_of(Sheet(48, 32, RGB))


def test_what_we_make_is_clean() -> None:
    walk_jpeg(CLEAN)


@pytest.mark.parametrize("marker", [*range(0xE0, 0xF0), 0xFE, 0xDD, 0xDC, 0xC1, 0xC2, 0xF0, 0x01])
def test_no_other_segment_is_let_through(marker: int) -> None:
    for dirty in (with_segments(CLEAN, segment(marker, b"Kanarkowo")), late(segment(marker, b"Kanarkowo"))):
        with pytest.raises(Unexpected):
            walk_jpeg(dirty)


def late(more: bytes) -> bytes:
    """The clean picture with a segment before its scan."""
    scan = CLEAN.index(b"\xff\xda")
    return CLEAN[:scan] + more + CLEAN[scan:]


@pytest.mark.parametrize(
    "dirty",
    [
        CLEAN + b"\x00",
        CLEAN + CLEAN,
        CLEAN[:-2],
        CLEAN[:-2] + b"\xff\xfe\x00\x0aKanarkow\xff\xd9",
        CLEAN[2:],
        b"",
        with_segments(CLEAN, jpeg.jfif_thumbnail()),
        CLEAN.replace(b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01", b"JFIF\x00\x01\x01\x01\x00\x48\x00\x48"),
        late(segment(0xDB, bytes(65) + b"Kanarkowo")),
        late(segment(0xC4, bytes(17) + b"Kanarkowo")),
        CLEAN[:20] + struct.pack(">BBH", 0xFF, 0xDB, 60_000),
    ],
)
def test_nothing_hides_in_what_is_allowed(dirty: bytes) -> None:
    with pytest.raises(Unexpected):
        walk_jpeg(dirty)


def test_a_library_that_began_to_add_something_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Talkative(io.BytesIO):
        def getvalue(self) -> bytes:
            return with_segments(super().getvalue(), segment(0xFE, b"made by a talkative library"))

    monkeypatch.setattr("aid_packages.evidence.encode.io.BytesIO", Talkative)
    with pytest.raises(NotTaken) as refusal:
        jpeg_of(Sheet(48, 32, RGB))
    assert refusal.value.reason is NotTakenReason.LEAKS
