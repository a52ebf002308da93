"""The log: what is appended, signed and proved; how keys follow each other; tiles; and paths of notes."""

import base64
import hashlib
import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from seal import merkle
from seal.checks import keys_are_usable
from seal.models import Checkpoint, LogEntry
from seal.offline.log import read_log
from seal.operations import Appended, OldKeyMissing, SealedGift, append, seal_notes, take_note_of_key
from seal.queries import (
    checkpoints,
    consistency_proof,
    entries_tile,
    inclusion_proof,
    log_document,
    log_root,
    note_path,
    notes_file,
    tile,
    tile_paths,
    verification_keys,
)
from seal.queries.tiles import index_in, path_of
from seal.signing import fingerprint, signing_keys

pytestmark = pytest.mark.django_db


def make_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def publish(name: str = "2026-11-r1") -> Appended:
    record = {"slug": name, "revision": 1, "sha256": hashlib.sha256(name.encode()).hexdigest()}
    with transaction.atomic():
        return append(kind="report", record=record, now=timezone.now())


def log_content() -> bytes:
    from core.documents.canonical import canonical_json

    return canonical_json(log_document().as_json())


def grow(leaves: int) -> list[bytes]:
    """A log of so many leaves; their hashes."""
    for number in range(leaves - 1):
        publish(f"report-{number}")
    return [bytes(row) for row in LogEntry.objects.order_by("position").values_list("leaf_hash", flat=True)]


def test_the_first_leaf_names_the_key_and_the_second_the_report() -> None:
    appended = publish()
    assert appended.index == 1
    assert [row.kind for row in LogEntry.objects.all()] == ["key", "report"]
    assert verification_keys() == [signing_keys()[0].vkey]
    assert read_log(log_content())[1]["slug"] == "2026-11-r1"


def test_a_checkpoint_is_a_signed_note_of_c2sp() -> None:
    text = publish().checkpoint
    body, _, signed = text.partition("\n\n")
    origin, size, root = body.split("\n")
    assert (origin, size) == ("127.0.0.1:8000/seal", "2")
    assert base64.b64decode(root) == log_root(size=2)
    dash, name, encoded = signed.strip().split(" ")
    assert (dash, name) == ("\u2014", origin)
    signature = base64.b64decode(encoded)
    public = signing_keys()[0].public
    assert signature[:4] == hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
    Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], f"{body}\n".encode())


def test_each_publication_proves_that_the_log_before_is_its_beginning() -> None:
    grow(9)
    kept = checkpoints()
    assert [size for size, _ in kept] == list(range(1, 10))
    for size, told in kept[1:]:
        assert told["previous_size"] == size - 1
        path = [bytes.fromhex(step) for step in told["consistency"]]
        roots = {"first_root": log_root(size=size - 1), "second_root": log_root(size=size)}
        assert merkle.is_consistent(first=size - 1, second=size, path=path, **roots)


def test_stored_trees_give_the_proofs_that_all_leaves_would() -> None:
    hashes = grow(13)
    for size in range(1, 14):
        assert bytes.fromhex(Checkpoint.objects.get(size=size).root) == merkle.root_of(hashes[:size])
        for number in range(size):
            expected = merkle.inclusion(hashes=hashes[:size], index=number)
            assert inclusion_proof(index=number, size=size) == expected
            expected = merkle.consistency(hashes=hashes[:size], first=number + 1)
            assert consistency_proof(first=number + 1, second=size) == expected


@pytest.mark.parametrize(("first", "second"), [(0, 2), (3, 2), (1, 4), (-1, 2)])
def test_no_proof_of_what_there_is_not(first: int, second: int) -> None:
    publish()
    with pytest.raises(merkle.NoSuchProof):
        consistency_proof(first=first, second=second)


def test_a_proof_is_one_query(django_assert_num_queries) -> None:
    grow(13)
    with django_assert_num_queries(1):
        inclusion_proof(index=4, size=13)
    with django_assert_num_queries(1):
        consistency_proof(first=7, second=13)


# --- keys ---


def test_a_new_key_is_vouched_for_by_the_old_and_both_sign(settings) -> None:
    publish("2026-10-r1")
    old = signing_keys()[0]
    settings.SEAL_SIGNING_KEYS = [make_key(), *settings.SEAL_SIGNING_KEYS]
    new = signing_keys()[0]
    publish("2026-11-r1")
    assert verification_keys() == [old.vkey, new.vkey]
    rotation = Checkpoint.objects.get(size=3).text
    assert rotation.count("\u2014") == 2
    assert Checkpoint.objects.get(size=4).text.count("\u2014") == 1
    for trusted in (old, new):
        assert read_log(log_content(), key=fingerprint(public=trusted.public))[3]["slug"] == "2026-11-r1"


def test_the_old_key_can_be_taken_away_once_the_log_knows_the_new(settings) -> None:
    publish("2026-10-r1")
    old, new = settings.SEAL_SIGNING_KEYS[0], make_key()
    settings.SEAL_SIGNING_KEYS = [new]
    with transaction.atomic(), pytest.raises(OldKeyMissing, match="SEAL_SIGNING_KEYS lacks"):
        take_note_of_key(now=timezone.now())
    settings.SEAL_SIGNING_KEYS = [new, old]
    call_command("seal_rotate_key")
    settings.SEAL_SIGNING_KEYS = [new]
    publish("2026-11-r1")
    assert len(verification_keys()) == 2


def test_another_name_of_the_log_is_a_change_of_keys_too(settings) -> None:
    publish("2026-10-r1")
    settings.SEAL_ORIGIN = "store.example.org/log"
    publish("2026-11-r1")
    assert [vkey.partition("+")[0] for vkey in verification_keys()] == ["127.0.0.1:8000/seal", "store.example.org/log"]
    assert read_log(log_content())


@pytest.mark.parametrize("faulty", [[], ["x"], [make_key()[:-8]], [make_key(), "é"]])
def test_a_faulty_key_is_named_by_its_place(settings, faulty: list[str]) -> None:
    settings.SEAL_SIGNING_KEYS = faulty
    with pytest.raises(ImproperlyConfigured, match="SEAL_SIGNING_KEYS"):
        signing_keys()
    (found,) = keys_are_usable(None)
    assert found.id == "seal.E001"


def test_a_key_shows_nothing_of_its_private_part() -> None:
    key = signing_keys()[0]
    assert "private" not in repr(key)


# --- tiles (C2SP tlog-tiles) ---


@pytest.mark.parametrize(
    ("number", "path"),
    [(0, "000"), (5, "005"), (999, "999"), (1_000, "x001/000"), (1_234, "x001/234"), (1_234_067, "x001/x234/067")],
)
def test_a_tile_is_named_in_groups_of_three(number: int, path: str) -> None:
    assert path_of(index=number) == path
    assert path_of(index=number, width=7) == f"{path}.p/7"
    assert index_in(path) == number


@pytest.mark.parametrize("path", ["", "1", "0000", "x000/001", "001/234", "x001", "x1/234", "٠٠٠", "-01"])
def test_a_tile_has_one_name(path: str) -> None:
    assert index_in(path) is None


def test_tiles_hold_the_hashes_and_the_leaves() -> None:
    hashes = grow(258)
    assert tile(level=0, index=0) == b"".join(hashes[:256])
    assert tile(level=0, index=1, width=2) == b"".join(hashes[256:])
    assert tile(level=1, index=0, width=1) == merkle.root_of(hashes[:256])
    assert tile(level=0, index=1, width=3) is None
    assert entries_tile(index=1, width=2) is not None
    assert [path for path, _ in tile_paths()] == [
        "tile/0/000",
        "tile/0/001.p/2",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/2",
    ]


# --- paths of notes ---


def test_any_note_has_its_path_to_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the edges of groups and pieces: small ones stand in for those of 128 and 16,384."""
    monkeypatch.setattr("seal.operations.sealing.CHUNK_LEAVES", 16)
    monkeypatch.setattr("seal.operations.sealing.GROUP_LEVEL", 2)
    monkeypatch.setattr("seal.queries.note_paths.GROUP", 4)
    monkeypatch.setattr("seal.queries.note_paths.CHUNK", 16)
    for gifts in (1, 3, 4, 5, 16, 17, 37, 64):
        sealed = [SealedGift(secrets.token_bytes(32), "WARM-NIGHT", 100) for _ in range(gifts)]
        report = f"2026-11-r{gifts}"
        summary = seal_notes(report=report, donee="SWB", gifts=sealed)
        record = {"slug": report, "sha256": "0" * 64, "notes_root": summary.root}
        with transaction.atomic():
            append(kind="report", record=record, now=timezone.now())
        content = b"".join(notes_file(report=report).chunks())
        leaves = [content[start : start + 32] for start in range(0, len(content), 32)]
        root = bytes.fromhex(summary.root)
        for number, leaf in enumerate(leaves):
            index, path = note_path(report=report, leaf=leaf)
            assert index == number
            assert note_path(report=report, root=summary.root, leaf=leaf) == (index, path)
            hashed = merkle.leaf_hash(leaf)
            assert merkle.includes(leaf=hashed, index=index, size=len(leaves), path=path, root=root)
        for other in (b"\0" * 32, b"\xff" * 32, secrets.token_bytes(32), b""):
            assert note_path(report=report, root=summary.root, leaf=other) is None
    assert note_path(report="2026-12-r1", root=summary.root, leaf=leaves[0]) is None
