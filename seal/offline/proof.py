"""A donor's proof, from its file or from the link on a receipt."""

import base64
import json
from typing import NamedTuple
from urllib.parse import parse_qsl

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
        said = json.loads(content)
        if said["format"] != PROOF:
            raise Refused("proof_damaged")
        gifts = [(gift["fund"], gift["amount_minor"]) for gift in said["gifts"]]
        seed = bytes.fromhex(said["seed"])
        proof = Proof(seed, gifts, said["donee"], said["period"], said["key"], said.get("checkpoint"))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refused("proof_damaged") from None
    return _whole(proof, "proof_damaged")


def read_link(link: str) -> Proof:
    """The proof in a link, in its part after the #. Raises Refused."""
    try:
        said = dict(parse_qsl(link.strip().partition("#")[2] or link.strip(), strict_parsing=True))
        if said["v"] != "1":
            raise Refused("link_damaged")
        seed = base64.b64decode(said["s"] + "=", altchars=b"-_", validate=True)
        gifts = [(fund, int(amount)) for fund, _, amount in (each.partition(":") for each in said["g"].split(","))]
        proof = Proof(seed, gifts, said["d"], int(said["p"]), said["k"], None)
    except (ValueError, KeyError):
        raise Refused("link_damaged") from None
    return _whole(proof, "link_damaged")


def _whole(proof: Proof, fault: str) -> Proof:
    funds = [fund for fund, _ in proof.gifts]
    texts = [*funds, proof.donee, proof.key, *([] if proof.checkpoint is None else [proof.checkpoint])]
    sums = all(type(amount) is int and 0 < amount < 10**15 for _, amount in proof.gifts)
    is_month = type(proof.period) is int and 190_000 < proof.period < 1_000_000 and 1 <= proof.period % 100 <= 12
    if not (len(proof.seed) == 32 and sums and is_month and all(isinstance(text, str) and text for text in texts)):
        raise Refused(fault)
    if not funds or len(set(funds)) != len(funds):
        raise Refused(fault)
    return proof
