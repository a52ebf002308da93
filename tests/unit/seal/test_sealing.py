"""Sealing the notes of a report: what is kept, that it adds up, and that nobody sees it before publication."""

import hashlib

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from seal import merkle
from seal.models import NotesChunk, NotesFile
from seal.notes import break_into_notes, leaf, numbered
from seal.operations import AlreadyInTheLog, BadRecord, DoubledNote, SealedGift, append, seal_notes
from seal.operations.sealing import BadSeed
from seal.queries import keeps_its_root, notes_file, notes_summary

pytestmark = pytest.mark.django_db
REPORT = "2026-11-r1"
WARM, BOOTS = "WARM-NIGHT", "DRY-BOOTS"


def gift(name: str, fund: str = WARM, amount_minor: int = 16_000) -> SealedGift:
    return SealedGift(hashlib.sha256(name.encode()).digest(), fund, amount_minor)


GIFTS = [gift("ada"), gift("bartek", amount_minor=4_000), gift("ada", BOOTS, 5), gift("celina", BOOTS, 123_456)]


def published(summary, report: str = REPORT) -> None:
    record = {"slug": report, "revision": 1, "sha256": "0" * 64, "notes_root": summary.root}
    with transaction.atomic():
        append(kind="report", record=record, now=timezone.now())


def test_counts_times_denominations_are_what_came_in() -> None:
    summary = seal_notes(report=REPORT, donee="FPBG", gifts=GIFTS)
    assert summary.counts == {
        BOOTS: {1: 1, 5: 2, 50: 1, 200: 2, 1_000: 1, 2_000: 1, 20_000: 1, 100_000: 1},
        WARM: {1_000: 1, 2_000: 2, 5_000: 1, 10_000: 1},
    }
    assert summary.sum_minor == sum(each.amount_minor for each in GIFTS)
    assert summary.leaves == sum(sum(by_value.values()) for by_value in summary.counts.values())


def test_the_file_holds_every_note_once_in_sorted_order() -> None:
    summary = seal_notes(report=REPORT, donee="FPBG", gifts=GIFTS)
    published(summary)
    found = notes_file(report=REPORT)
    content = b"".join(found.chunks())
    leaves = [content[start : start + 32] for start in range(0, len(content), 32)]
    assert leaves == sorted(set(leaves))
    assert len(leaves) == found.leaves == summary.leaves
    assert merkle.root_of([merkle.leaf_hash(each) for each in leaves]).hex() == summary.root
    own = [
        leaf(seed=each.seed, donee="FPBG", report=REPORT, fund=each.fund, denomination=note, index=index)
        for each in GIFTS
        for note, index in numbered(break_into_notes(each.amount_minor))
    ]
    assert sorted(own) == leaves
    assert keeps_its_root(report=REPORT, root=summary.root)


def test_pieces_make_the_same_root_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = seal_notes(report=REPORT, donee="FPBG", gifts=GIFTS)
    monkeypatch.setattr("seal.operations.sealing.CHUNK_LEAVES", 4)
    pieces = seal_notes(report="2026-11-r2", donee="FPBG", gifts=GIFTS)
    assert NotesChunk.objects.filter(file=pieces.file).count() == 4
    assert keeps_its_root(report="2026-11-r2", root=pieces.root)
    assert pieces.root != whole.root, "the report's name is in every leaf"


def test_the_same_gifts_are_kept_once_and_others_beside_them() -> None:
    first = seal_notes(report=REPORT, donee="FPBG", gifts=GIFTS)
    again = seal_notes(report=REPORT, donee="FPBG", gifts=list(reversed(GIFTS)))
    assert again == first
    more = seal_notes(report=REPORT, donee="FPBG", gifts=[*GIFTS, gift("daria")])
    assert more.root != first.root
    assert NotesFile.objects.count() == 2
    assert notes_summary(report=REPORT, root=first.root) == first
    assert notes_summary(report=REPORT, root="0" * 64) is None


def test_a_gift_handed_in_twice_is_noticed() -> None:
    with pytest.raises(DoubledNote):
        seal_notes(report=REPORT, donee="FPBG", gifts=[*GIFTS, GIFTS[0]])
    assert not NotesFile.objects.exists()


def test_who_is_erased_or_unknown_gets_a_seed_that_nobody_has() -> None:
    nobody = [SealedGift(None, WARM, 16_000)] * 3
    summary = seal_notes(report=REPORT, donee="FPBG", gifts=nobody)
    assert summary.counts == {WARM: {1_000: 3, 5_000: 3, 10_000: 3}}
    with pytest.raises(BadSeed):
        seal_notes(report=REPORT, donee="FPBG", gifts=[SealedGift(b"", WARM, 16_000)])


def test_a_month_without_gifts_has_an_empty_file() -> None:
    summary = seal_notes(report=REPORT, donee="FPBG", gifts=[])
    assert (summary.leaves, summary.sum_minor, summary.counts) == (0, 0, {})
    assert summary.root == merkle.EMPTY_ROOT.hex()


def test_nothing_is_shown_before_the_log_names_it() -> None:
    draft = seal_notes(report=REPORT, donee="FPBG", gifts=GIFTS)
    assert notes_file(report=REPORT) is None
    approved = seal_notes(report=REPORT, donee="FPBG", gifts=[*GIFTS, gift("daria")])
    published(approved)
    shown = notes_file(report=REPORT)
    assert shown is not None
    assert (shown.root, shown.leaves) == (approved.root, approved.leaves)
    assert shown.root != draft.root


def test_a_report_enters_the_log_once() -> None:
    summary = seal_notes(report=REPORT, donee="FPBG", gifts=GIFTS)
    published(summary)
    with pytest.raises(AlreadyInTheLog):
        published(summary)


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("report", {"slug": REPORT, "revision": 1}),
        ("report", {"slug": REPORT, "revision": 1, "sha256": "0" * 63}),
        ("report", {"sha256": "0" * 64}),
        ("key", {"slug": REPORT, "sha256": "0" * 64}),
    ],
)
def test_a_leaf_needs_its_name_and_hash(kind: str, record: dict) -> None:
    with transaction.atomic(), pytest.raises(BadRecord):
        append(kind=kind, record=record, now=timezone.now())


@pytest.mark.parametrize("table", ["seal_logentry", "seal_checkpoint", "seal_notesfile", "seal_noteschunk"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_a_change(table: str, change: str) -> None:
    published(seal_notes(report=REPORT, donee="FPBG", gifts=GIFTS))
    refused = pytest.raises(DatabaseError, match=r"append-only|permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))
