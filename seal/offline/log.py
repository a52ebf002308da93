"""The log as a verifier reads it: a Merkle tree (RFC 6962), a signed checkpoint (C2SP), and the keys that signed."""

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from seal.offline.ed25519 import is_signed
from seal.offline.strict import strict_json
from seal.offline.words import Refused

LOG = "store-without-borders/log/1"
LEAF = 32

Leaf = dict[str, Any]
Key = tuple[str, bytes, bytes]
"""Name, id and public key."""

BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
CHECKPOINT = re.compile(
    r"([^\n]+)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n\n((?:\u2014 [^ \n]+ " + BASE64 + r"\n)+)"
)
"""Origin, size, root, and lines of signatures: name and base64."""
VKEY = re.compile(r"([^+ \n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})")
"""Name, id and key, as C2SP writes it."""


class Checkpoint(NamedTuple):
    """What was signed, what it says, and the signatures: (name, key id and signature)."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes]]


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\0" + data).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; the odd one at the end of a level moves up as it is."""
    sha256, level = hashlib.sha256, list(hashes)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [
            sha256(b"\1" + left + right).digest() for left, right in zip(level[0::2], level[1::2], strict=False)
        ] + odd
    return level[0] if level else sha256(b"").digest()


def fingerprint(public: bytes) -> str:
    """How a key is told in a link: sixteen bytes of its hash."""
    return base64.urlsafe_b64encode(hashlib.sha256(public).digest()[:16]).decode().rstrip("=")


def read_log(content: bytes, *, key: str | None = None, before: str | None = None) -> list[Leaf]:
    """The leaves of a log that holds: its root is the signed one, its keys follow each other, the known key among them.

    `key` is a fingerprint that is trusted, `before` an older checkpoint. Raises Refused.
    """
    entries, checkpoint = _log_parts(content)
    said = read_checkpoint(checkpoint, "log_damaged")
    if not entries or said.size == 0:
        raise Refused("log_empty")
    if said.size != len(entries):
        raise Refused("log_length", said=said.size, held=len(entries))
    hashes = [leaf_hash(entry.encode()) for entry in entries]
    if root_of(hashes) != said.root:
        raise Refused("log_root")
    leaves = [_leaf(entry) for entry in entries]
    keys = _key_chain(leaves)
    if key is not None and key not in [fingerprint(public) for _, _, public in keys]:
        raise Refused("other_key")
    if said.origin != keys[-1][0]:
        raise Refused("other_log", origin=said.origin)
    _check_signature(said, keys[-1])
    if before is not None:
        older = read_checkpoint(before, "proof_damaged")
        if older.origin not in [name for name, _, _ in keys]:
            raise Refused("other_log", origin=older.origin)
        if not 0 < older.size <= len(hashes) or root_of(hashes[: older.size]) != older.root:
            raise Refused("log_rewritten", size=older.size)
    return leaves


def _log_parts(content: bytes) -> tuple[list[str], str]:
    try:
        log = strict_json(content)
        entries, checkpoint = log["entries"], log["checkpoint"]
        is_log = log["format"] == LOG and isinstance(checkpoint, str) and isinstance(entries, list)
    except (ValueError, TypeError, KeyError):
        raise Refused("log_damaged") from None
    if not is_log or not all(isinstance(entry, str) for entry in entries):
        raise Refused("log_damaged")
    return entries, checkpoint


def _leaf(entry: str) -> Leaf:
    try:
        leaf = strict_json(entry)
    except ValueError:
        raise Refused("log_damaged") from None
    if not isinstance(leaf, dict):
        raise Refused("log_damaged")
    return leaf


def read_checkpoint(text: str, fault: str) -> Checkpoint:
    """Origin, size, root, and the signatures (name, id, bytes) of a checkpoint. Raises Refused."""
    found = CHECKPOINT.fullmatch(text)
    if found is None:
        raise Refused(fault)
    origin, size, root, signed = found.groups()
    lines = [line.split(" ") for line in signed.split("\n")[:-1]]
    signatures = [(name, base64.b64decode(value)) for _, name, value in lines]
    return Checkpoint(f"{origin}\n{size}\n{root}\n", origin, int(size), base64.b64decode(root), signatures)


def _key_chain(leaves: list[Leaf]) -> list[Key]:
    """(name, id, public key) of each key that signed, in order; each but the first is vouched for by the one before."""
    keys: list[Key] = []
    last = ""
    for leaf in (leaf for leaf in leaves if leaf.get("kind") == "key"):
        name, number, public = _named_key(leaf.get("key"))
        signature = leaf.get("signature")
        if not isinstance(signature, str) or not re.fullmatch(BASE64, signature):
            raise Refused("log_damaged")
        signer = keys[-1][2] if keys else public
        message = f"store-without-borders/key\n{last}\n{leaf['key']}\n".encode()
        if leaf.get("before") != last or not is_signed(signer, message, base64.b64decode(signature)):
            raise Refused("key_change")
        keys.append((name, number, public))
        last = leaf["key"]
    if not keys or leaves[0].get("kind") != "key":
        raise Refused("key_change")
    return keys


def _named_key(vkey: object) -> Key:
    """The key under its name, with the id that follows from both. Raises Refused."""
    found = VKEY.fullmatch(vkey) if isinstance(vkey, str) else None
    if found is None:
        raise Refused("log_damaged")
    name, number, encoded = found.groups()
    key = base64.b64decode(encoded)
    digest = hashlib.sha256(f"{name}\n".encode() + key).digest()[:4]
    if key[:1] != b"\1" or digest.hex() != number:
        raise Refused("log_damaged")
    return name, digest, key[1:]


def _check_signature(said: Checkpoint, key: Key) -> None:
    name, number, public = key
    mine = [value[4:] for signer, value in said.signatures if signer == name and value[:4] == number]
    if not mine:
        raise Refused("other_key")
    if not any(is_signed(public, said.text.encode(), signature) for signature in mine):
        raise Refused("signature")
