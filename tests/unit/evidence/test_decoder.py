"""The process that reads what strangers made: what it can't do, when it is ended, and that the picture stays the picture."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from aid_packages.evidence import pixels
from aid_packages.evidence.encode import made_anew
from aid_packages.evidence.kinds import LARGEST_FILE, NotTaken, NotTakenReason, TakenKind, kind_of
from aid_packages.evidence.pixels import DECODER, LONGEST_SIDE, sheets_of
from tests.factories.evidence import picture
from tests.support.corpus.jpeg import exif_segment, with_segments

TRIES = {
    "open a file": "open('/etc/hostname')",
    "write a file": "open('/tmp/left-behind', 'w')",
    "open a connection": "__import__('_socket').socket()",
    "make a pipe": "os.pipe()",
    "take all memory": "bytes(2 << 30)",
}


@pytest.mark.parametrize("attempt", TRIES)
def test_once_it_reads_it_can_do_nothing_else(attempt: str) -> None:
    """What a hostile file could at most make of it, with the whole of Python in its hands."""
    module = f"import importlib.util as u; s=u.spec_from_file_location('d', {str(DECODER)!r}); d=u.module_from_spec(s);"
    program = f"{module} s.loader.exec_module(d); import os, _socket\n{{wall}}\n{TRIES[attempt]}\nprint('done')"
    behind, before = (
        subprocess.run(
            [sys.executable, "-I", "-c", program.format(wall=wall)], capture_output=True, text=True, check=False
        )
        for wall in ("d.give_up_everything()", "")
    )
    assert (before.stdout, before.returncode) == ("done\n", 0), "the attempt itself works"
    assert behind.stdout == ""
    assert "Error" in behind.stderr
    Path("/tmp/left-behind").unlink(missing_ok=True)


def test_it_gets_no_environment_and_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONOR_HASH_KEY", "secret")
    asked: dict[str, object] = {}
    real = subprocess.Popen

    def noting(*args: object, **kwargs: object) -> object:
        asked.update(kwargs)
        return real(*args, **kwargs)

    monkeypatch.setattr(pixels.subprocess, "Popen", noting)
    assert len(list(sheets_of(content=picture(), kind=TakenKind.JPEG))) == 1
    assert (asked["env"], asked["cwd"]) == ({}, "/")


def test_who_takes_too_long_is_ended() -> None:
    with pytest.raises(NotTaken) as refusal:
        list(sheets_of(content=picture(), kind=TakenKind.JPEG, seconds=0.001))
    assert refusal.value.reason is NotTakenReason.TOO_HEAVY


def test_only_waiting_counts_so_that_pages_are_not_refused_where_we_are_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (Image.new("RGB", (30, 20), colour) for colour in ("red", "blue"))
    file = io.BytesIO()
    first.save(file, "PDF", save_all=True, append_images=[second])
    clock = [0.0]
    monkeypatch.setattr(pixels.time, "monotonic", lambda: clock[0])
    widths = []
    for sheet in sheets_of(content=file.getvalue(), kind=TakenKind.PDF):
        widths.append(sheet.width)
        clock[0] += 10_000
    assert len(widths) == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"sheet---\xff\xff\xff\xff\x00\x00\x00\x01",
        b"sheet---\x00\x00\x00\x02\x00\x00\x00\x02abc",
        b"the-end-",
        b"refused-" + b"<script>".ljust(16),
        b"GIF89a, and whatever else a hostile decoder might say",
        b"",
    ],
)
def test_nothing_but_sizes_and_pixels_is_believed(
    answer: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decoder that was taken over answers as it likes."""
    hostile = tmp_path / "decoder.py"
    hostile.write_text(f"import os, sys; os.write(1, {answer!r})")
    monkeypatch.setattr(pixels, "DECODER", hostile)
    with pytest.raises(NotTaken):
        list(sheets_of(content=picture(), kind=TakenKind.JPEG))


def test_a_flood_of_pages_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = tmp_path / "decoder.py"
    hostile.write_text("import os\nwhile True: os.write(1, b'sheet---\\0\\0\\0\\1\\0\\0\\0\\1abc')")
    monkeypatch.setattr(pixels, "DECODER", hostile)
    with pytest.raises(NotTaken):
        list(sheets_of(content=picture(), kind=TakenKind.PDF))


def test_too_large_is_not_even_looked_at() -> None:
    with pytest.raises(NotTaken) as refusal:
        kind_of(b"\xff\xd8\xff" + bytes(LARGEST_FILE))
    assert refusal.value.reason is NotTakenReason.TOO_LARGE


def corner(content: bytes) -> list[tuple[int, int, int]]:
    """The four corners' colours, made plain."""
    shown = Image.open(io.BytesIO(content)).convert("RGB")
    wide, high = shown.width - 5, shown.height - 5
    return [
        tuple(round(part / 255) * 255 for part in shown.getpixel(at))
        for at in ((4, 4), (wide, 4), (4, high), (wide, high))
    ]


RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def flag(form: str, mode: str = "RGB", **options: object) -> bytes:
    """Red, green, blue and white, from the upper left."""
    drawn = Image.new("RGB", (80, 60), WHITE)
    for colour, place in ((RED, (0, 0)), (GREEN, (40, 0)), (BLUE, (0, 30))):
        drawn.paste(colour, (*place, place[0] + 40, place[1] + 30))
    file = io.BytesIO()
    drawn.convert(mode).save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
    ],
)
def test_the_picture_stays_the_picture(form: str, mode: str) -> None:
    assert corner(made_anew(flag(form, mode)).content) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize(
    ("held", "corners"),
    [
        (1, [RED, GREEN, BLUE, WHITE]),
        (2, [GREEN, RED, WHITE, BLUE]),
        (3, [WHITE, BLUE, GREEN, RED]),
        (4, [BLUE, WHITE, RED, GREEN]),
        (5, [RED, BLUE, GREEN, WHITE]),
        (6, [BLUE, RED, WHITE, GREEN]),
        (7, [WHITE, GREEN, BLUE, RED]),
        (8, [GREEN, WHITE, RED, BLUE]),
    ],
)
def test_it_is_upright_as_the_camera_said(held: int, corners: list[tuple[int, int, int]]) -> None:
    turned = with_segments(flag("JPEG", quality=95), exif_segment(orientation=held))
    assert corner(made_anew(turned).content) == corners


def test_what_is_seen_through_is_paper() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (40, 40), (10, 20, 30, 0)).save(file, "PNG")
    assert corner(made_anew(file.getvalue()).content) == [WHITE] * 4


@pytest.mark.parametrize("mode", ["RGBA", "P", "1", "L"])
def test_a_large_one_of_every_mode_is_read(mode: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (3000, 1500), "white").convert(mode).save(file, "PNG")
    made = Image.open(io.BytesIO(made_anew(file.getvalue()).content))
    assert (made.size, corner(made_anew(file.getvalue()).content)) == ((LONGEST_SIDE, 1000), [WHITE] * 4)


def test_sixteen_bits_become_eight() -> None:
    file = io.BytesIO()
    Image.frombytes("I;16", (40, 40), b"\x00\xff" * 1600).save(file, "PNG")
    assert corner(made_anew(file.getvalue()).content) == [WHITE] * 4


def test_a_large_picture_is_made_smaller() -> None:
    made = made_anew(picture(size=(5000, 2500)))
    assert Image.open(io.BytesIO(made.content)).size == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_pages_stay_pages() -> None:
    file = io.BytesIO()
    first, second = (Image.new("RGB", (300, 200), colour) for colour in (RED, BLUE))
    first.save(file, "PDF", save_all=True, append_images=[second])
    made = made_anew(file.getvalue())
    assert (made.media_type, made.pages) == ("application/pdf", 2)
    sheets = list(sheets_of(content=made.content, kind=TakenKind.PDF))
    assert [tuple(round(part / 255) * 255 for part in sheet.rgb[:3]) for sheet in sheets] == [RED, BLUE]
