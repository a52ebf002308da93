"""A donor's proof, from its file or from the link on a receipt."""

import base64
import re
from typing import NamedTuple
from urllib.parse import unquote

from seal.offline.strict import is_month, is_text, strict_json
from seal.offline.words import Refused

PROOF = "store-without-borders/proof/1"


class Proof(NamedTuple):
    """What finds a donation: its seed, and what it gave to which fund, in minor units, in the books of which month."""

    seed: bytes
    gifts: list[tuple[str, int]]
    donee: str
    period: int
    key: str
    """The fingerprint of the key that signed the log when the proof was made."""
    checkpoint: str | None
    """What the log was then."""


def read_proof(content: bytes) -> Proof:
    """The proof in a file. Raises Refused."""
    try:
        said = strict_json(content)
        if said["format"] != PROOF or not re.fullmatch(r"[0-9a-f]{64}", said["seed"]):
            raise ValueError("not a proof")
        gifts = [(gift["fund"], gift["amount_minor"]) for gift in said["gifts"]]
        seed = bytes.fromhex(said["seed"])
        proof = Proof(seed, gifts, said["donee"], said["period"], said["key"], said.get("checkpoint"))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refused("proof_damaged") from None
    return _whole(proof, "proof_damaged")


def read_link(link: str) -> Proof:
    """The proof in a link, in its part after the #. Raises Refused."""
    typed = link.strip(" \t\r\n")
    try:
        pairs = [each.split("=") for each in (typed.partition("#")[2] or typed).split("&")]
        said = {name: unquote(value, errors="strict") for name, value in pairs}
        if len(said) != len(pairs) or said["v"] != "1":
            raise ValueError("not a link of ours")
        if not re.fullmatch(r"[0-9]{6}", said["p"]) or not re.fullmatch(r"[A-Za-z0-9_-]{43}", said["s"]):
            raise ValueError("no month, or no seed")
        seed = base64.urlsafe_b64decode(said["s"] + "=")
        gifts = [_given(each) for each in said["g"].split(",")]
        proof = Proof(seed, gifts, said["d"], int(said["p"]), said["k"], None)
    except (ValueError, KeyError):
        raise Refused("link_damaged") from None
    return _whole(proof, "link_damaged")


def _given(part: str) -> tuple[str, int]:
    found = re.fullmatch(r"([^:]+):([1-9][0-9]{0,14})", part)
    if found is None:
        raise ValueError("no gift")
    return found[1], int(found[2])


def _whole(proof: Proof, fault: str) -> Proof:
    """What could be a proof: all texts are some, each fund stands in it once. Raises Refused."""
    funds = [fund for fund, _ in proof.gifts]
    texts = all(is_text(text) for text in (*funds, proof.donee, proof.key))
    sums = all(type(amount) is int and 0 < amount < 10**15 for _, amount in proof.gifts)
    then = proof.checkpoint is None or (isinstance(proof.checkpoint, str) and proof.checkpoint != "")
    if not (texts and sums and then and is_month(proof.period)):
        raise Refused(fault)
    if not funds or len(set(funds)) != len(funds):
        raise Refused(fault)
    return proof
