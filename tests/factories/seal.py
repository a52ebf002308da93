"""A sealed month as its files: a report, its notes, the log, and a donor's proof, made without a database.

`Sealed` is what whoever checks offline holds; `attacks` in tests/unit/seal change one thing of it.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.documents.canonical import canonical_json, sha256_hex
from seal.log_text import checkpoint_text, key_change_text
from seal.merkle import leaf_hash, root_of
from seal.notes import break_into_notes, leaf, numbered
from seal.offline.log import LOG
from seal.offline.proof import PROOF
from seal.signing import SigningKey, fingerprint, signed_note

ORIGIN = "store.example.org/seal"
DONEE, REPORT, PERIOD = "SWB", "2026-11-r1", 202611
WARM, BOOTS, LEGAL = "WARM-NIGHT", "DRY-BOOTS", "LEGAL"
NAMES = {
    WARM: {"pl": "Ciepła noc", "en": "A warm night"},
    BOOTS: {"pl": "Suche buty", "en": "Dry boots"},
    LEGAL: {"pl": "Pomoc prawna", "en": "Legal help"},
}
ADA = hashlib.sha256(b"ada").digest()
GIFTS = (
    (ADA, WARM, 16_000),
    (hashlib.sha256(b"bartek").digest(), WARM, 4_000),
    (hashlib.sha256(b"celina").digest(), BOOTS, 123_456),
    (hashlib.sha256(b"daria").digest(), LEGAL, 16_000),
)


def make_key(name: str, *, origin: str = ORIGIN) -> SigningKey:
    """A key of somebody called `name`; the same name gives the same key."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    return SigningKey(name=origin, public=private.public_key().public_bytes_raw(), private=private)


OURS, NEXT, THEIRS = make_key("ours"), make_key("next"), make_key("somebody else")


def leaves_of(gifts=GIFTS, *, report: str = REPORT, donee: str = DONEE) -> list[bytes]:
    """The leaves of the gifts' notes, sorted."""
    return sorted(
        leaf(seed=seed, donee=donee, report=report, fund=fund, denomination=note, index=index)
        for seed, fund, amount in gifts
        for note, index in numbered(break_into_notes(amount))
    )


def notes_of(gifts, leaves: list[bytes], *, taken_back: int = 0) -> dict[str, Any]:
    """What a report says of its notes."""
    counts: dict[tuple[str, int], int] = {}
    for _, fund, amount in gifts:
        for note in break_into_notes(amount):
            counts[fund, note] = counts.get((fund, note), 0) + 1
    return {
        "denominations": [{"fund": f, "denomination": n, "count": count} for (f, n), count in sorted(counts.items())],
        "sum": sum(amount for _, _, amount in gifts),
        "taken_back": taken_back,
        "leaves": len(leaves),
        "root": root_of([leaf_hash(each) for each in leaves]).hex(),
    }


def report_of(gifts=GIFTS, *, leaves: list[bytes] | None = None, revision: int = 1, **changes: Any) -> dict[str, Any]:
    """The part of a report's content that the checks read."""
    slug = f"{REPORT[:-1]}{revision}"
    notes = notes_of(gifts, leaves if leaves is not None else leaves_of(gifts, report=slug))
    return {
        "schema": "urn:store-without-borders:report:2",
        "report": {"kind": "month", "first_period": PERIOD, "last_period": PERIOD, "revision": revision, "slug": slug},
        "donee": {"code": DONEE, "name": "Fundacja"},
        "lines": {"came_in": notes["sum"]},
        "funds": [{"code": code, "name": name, "merged": []} for code, name in NAMES.items()],
        "notes": notes,
        **changes,
    }


@dataclass(frozen=True)
class Log:
    """The log's leaves, and who signs its checkpoint."""

    entries: tuple[bytes, ...] = ()
    signers: tuple[SigningKey, ...] = (OURS,)
    size: int | None = None
    """What the checkpoint says, where it lies."""

    def with_key(self, key: SigningKey, *, before: SigningKey | None = None, by: SigningKey | None = None) -> "Log":
        """The log with a leaf that names the key that signs from here on."""
        last = before.vkey if before else ""
        signature = (by or before or key).sign(key_change_text(before=last, key=key.vkey).encode())
        record = {
            "kind": "key",
            "before": last,
            "key": key.vkey,
            "signature": base64.b64encode(signature).decode(),
            "at": "2026-12-16T05:00:00Z",
        }
        return self.with_leaf(record)

    def with_leaf(self, record: dict[str, Any]) -> "Log":
        return replace(self, entries=(*self.entries, canonical_json(record)))

    def with_report(self, content: bytes, *, slug: str = REPORT, kind: str = "report") -> "Log":
        record = {"kind": kind, "slug": slug, "revision": int(slug[-1]), "sha256": sha256_hex(content)}
        return self.with_leaf({**record, "at": "2026-12-18T09:00:00Z"})

    @property
    def checkpoint(self) -> str:
        size = len(self.entries) if self.size is None else self.size
        root = root_of([leaf_hash(entry) for entry in self.entries])
        return signed_note(text=checkpoint_text(origin=ORIGIN, size=size, root=root), keys=list(self.signers))

    @property
    def content(self) -> bytes:
        told = {"format": LOG, "checkpoint": self.checkpoint, "entries": [entry.decode() for entry in self.entries]}
        return canonical_json(told)


def proof_of(
    *, seed: bytes = ADA, gifts=((WARM, 16_000),), key: SigningKey = OURS, checkpoint: str | None = None, **changes: Any
) -> bytes:
    """A donor's proof file."""
    told = {
        "format": PROOF,
        "donee": DONEE,
        "period": PERIOD,
        "gifts": [{"fund": fund, "amount_minor": amount} for fund, amount in gifts],
        "seed": seed.hex(),
        "key": fingerprint(public=key.public),
        "checkpoint": checkpoint,
    }
    return json.dumps({**told, **changes}).encode()


def link_of(*, seed: bytes = ADA, gifts=((WARM, 16_000),), key: SigningKey = OURS, period: int = PERIOD) -> str:
    """The link on a receipt."""
    given = ",".join(f"{fund}:{amount}" for fund, amount in gifts)
    said = base64.urlsafe_b64encode(seed).decode().rstrip("=")
    known = fingerprint(public=key.public)
    return f"https://store.example.org/pl/verify/#v=1&p={period}&d={DONEE}&g={given}&k={known}&s={said}"


@dataclass(frozen=True)
class Sealed:
    """The files that somebody checks."""

    report: bytes | None
    notes: bytes | None
    log: bytes | None
    proof: bytes | None = field(default=None)

    @property
    def files(self) -> dict[str, bytes]:
        named = {"report.json": self.report, "notes.bin": self.notes, "log.json": self.log, "proof.json": self.proof}
        return {name: content for name, content in named.items() if content is not None}


def first_log() -> Log:
    """A log that begins with our key, and an October."""
    return Log().with_key(OURS).with_report(b"October", slug="2026-10-r1")


def make_sealed() -> Sealed:
    """Everything as it should be; the proof was made after October was published."""
    content = canonical_json(report_of())
    before = first_log()
    proof = proof_of(checkpoint=before.checkpoint)
    return Sealed(content, b"".join(leaves_of()), before.with_report(content).content, proof)
