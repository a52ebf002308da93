"""Everything that a mirror keeps, under the paths at which it is published: the same bytes as the addresses under seal/."""

from collections.abc import Iterator
from pathlib import Path

from core.documents.canonical import canonical_json
from seal import queries as seal
from seal.offline.one_file import verify_html, verify_py
from transparency.models import Report
from transparency.models.report import PUBLIC_STATES
from transparency.verification.sources import log_json


def static_files() -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of each file: the log, its tiles and checkpoints, published reports and notes, and what checks them."""
    yield "verify.html", verify_html()
    yield "verify.py", verify_py()
    log, newest = log_json(), seal.checkpoint()
    if log is None or newest is None:
        return
    yield "log.json", log
    yield "keys", keys_text().encode()
    yield from seal.tile_paths()
    for size, told in seal.checkpoints():
        yield f"checkpoints/{size}.json", canonical_json(told)
    for leaf in seal.report_leaves():
        slug = str(leaf["slug"])
        content = Report.objects.filter(slug=slug, state__in=PUBLIC_STATES).values_list("content", flat=True).first()
        if content is not None:
            yield f"reports/report-{slug}.json", bytes(content)
        notes = seal.notes_file(report=slug)
        if notes is not None:
            yield f"notes/{slug}.bin", b"".join(notes.chunks())
    # The checkpoint comes last: who reads it finds everything that it speaks of.
    yield "checkpoint", newest.encode()


def keys_text() -> str:
    """Every key that has signed, a line each, oldest first."""
    return "".join(f"{vkey}\n" for vkey in seal.verification_keys())


def write_mirror(*, folder: Path) -> int:
    """Writes what has changed into the folder, each file whole or not at all. Says how many."""
    written = 0
    for path, content in static_files():
        file = folder / path
        if file.exists() and file.read_bytes() == content:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f"{file.name}.new")
        beside.write_bytes(content)
        beside.replace(file)
        written += 1
    return written
