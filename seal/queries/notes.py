"""The leaves of notes, read. A published report names its file by the root; no other file is ever shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from seal import merkle
from seal.models import NotesChunk, NotesFile
from seal.notes import LEAF_BYTES
from seal.queries.log import leaf_of_report
from seal.summary import NotesSummary


@dataclass(frozen=True)
class PublishedNotes:
    """The file of a published report's notes: `leaves` of 32 bytes each, in sorted order."""

    root: str
    leaves: int
    file: int

    @property
    def size_bytes(self) -> int:
        """How long it is."""
        return self.leaves * LEAF_BYTES

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, piece by piece."""
        pieces = NotesChunk.objects.filter(file_id=self.file).order_by("position").values_list("position", flat=True)
        for position in list(pieces):
            yield bytes(NotesChunk.objects.values_list("leaves", flat=True).get(file_id=self.file, position=position))


def notes_file(*, report: str) -> PublishedNotes | None:
    """The notes of a published report; None if the log doesn't know it, or it has none."""
    leaf = leaf_of_report(report=report)
    root = None if leaf is None else leaf.get("notes_root")
    found = NotesFile.objects.filter(report=report, root=root or "").values_list("root", "leaves", "pk").first()
    return None if found is None else PublishedNotes(*found)


def notes_summary(*, report: str, root: str) -> NotesSummary | None:
    """What was said when the notes were sealed, for a replay: a donor's seed may be gone by then, the leaves never are."""
    file = NotesFile.objects.filter(report=report, root=root).first()
    if file is None:
        return None
    counts = {
        fund: {int(denomination): count for denomination, count in sorted(row.items(), key=lambda cell: int(cell[0]))}
        for fund, row in sorted(file.counts.items())
    }
    return NotesSummary(root=root, leaves=file.leaves, sum_minor=file.sum_minor, counts=counts, file=file.pk)


def keeps_its_root(*, report: str, root: str) -> bool:
    """Whether the kept leaves, hashed anew, still give the root, are sorted, and are as many as was said."""
    file = NotesFile.objects.filter(report=report, root=root).values_list("pk", "leaves").first()
    if file is None:
        return False
    roots, count, last = [], 0, b""
    for chunk in PublishedNotes(root=root, leaves=file[1], file=file[0]).chunks():
        leaves = [chunk[start : start + LEAF_BYTES] for start in range(0, len(chunk), LEAF_BYTES)]
        if any(right <= left for left, right in zip([last, *leaves], leaves, strict=False)):
            return False
        roots.append(merkle.root_of([merkle.leaf_hash(leaf) for leaf in leaves]))
        count, last = count + len(leaves), leaves[-1]
    return count == file[1] and merkle.root_of(roots).hex() == root
