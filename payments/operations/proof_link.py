"""How a donor finds their own gift in a report's seal: a link and its QR code, or a file that proves it offline.

Everything that finds it stands in the link's fragment, the part after the #, which a browser never sends to a server. It
is made from the donor's seal key each time it is asked for; erasure ends it, and what was saved before stays good.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import override

from donors.operations import gift_seeds
from ledger.models import EntryKind, FundUse, Posting
from payments.models import Charge, ChargeOutcome
from seal.offline.proof import PROOF
from seal.queries import checkpoint
from seal.signing import fingerprint, signing_keys

VERSION = "1"


@dataclass(frozen=True)
class GiftProof:
    """What finds one gift: in the books of which month and donee, how much for which fund (grosze), and its seed."""

    period: int
    donee: str
    gifts: tuple[tuple[str, int], ...]
    seed: bytes


def proof_link(*, donation_id: int, language: str) -> str | None:
    """The address that answers in one sentence where a donation is counted; None before it is booked, and once erased."""
    return proof_links(donation_ids=[donation_id], language=language).get(donation_id)


def proof_links(*, donation_ids: Iterable[int], language: str) -> dict[int, str]:
    """The addresses of many donations, by id; of those that have one. Three queries."""
    with override(language):
        page = f"{settings.SITE_URL.rstrip('/')}{reverse('verify:page')}"
    return {donation_id: f"{page}#{_fragment(proof)}" for donation_id, proof in _proofs(donation_ids).items()}


def proof_file(*, donation_id: int) -> dict[str, Any] | None:
    """The proof of a donation as plain JSON, with the log's checkpoint of today; None before it is booked, and once erased.

    Its schema is seal/schema/proof-1.schema.json.
    """
    return proof_files(donation_ids=[donation_id]).get(donation_id)


def proof_files(*, donation_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The proofs of many donations, by id; of those that have one."""
    newest, key = checkpoint(), _key()
    return {
        donation_id: {
            "format": PROOF,
            "donee": proof.donee,
            "period": proof.period,
            "gifts": [{"fund": fund, "amount_minor": amount} for fund, amount in proof.gifts],
            "seed": proof.seed.hex(),
            "key": key,
            "checkpoint": newest,
        }
        for donation_id, proof in _proofs(donation_ids).items()
    }


def qr_svg(link: str) -> str:
    """The link as a QR code: an SVG of dark squares on white, with the quiet zone that readers need.

    One mask for all: to try each of the eight would take four times as long, for every receipt.
    """
    return str(segno.make(link, error="m", micro=False, mask=2).svg_inline(border=4, dark="#000", light="#fff"))


def _proofs(donation_ids: Iterable[int]) -> dict[int, GiftProof]:
    charges = Charge.objects.filter(donation_id__in=list(donation_ids), outcome=ChargeOutcome.GIFT)
    found = {f"gift:{ref}": (donation_id, donor_id) for ref, donation_id, donor_id in _rows(charges)}
    booked: dict[str, list[tuple[int, str, str, int]]] = {}
    for reference, period, donee, fund, amount_minor in _booked(list(found)):
        booked.setdefault(reference, []).append((period, donee, fund, -amount_minor))
    seeds = gift_seeds(gifts=[(found[reference][1], reference) for reference in booked])
    return {
        found[reference][0]: GiftProof(
            period=rows[0][0],
            donee=rows[0][1],
            gifts=tuple((fund, amount_minor) for _, _, fund, amount_minor in rows),
            seed=seed,
        )
        for (reference, rows), seed in zip(booked.items(), seeds, strict=True)
        if seed is not None
    }


def _rows(charges: Any) -> Iterable[tuple[str, int, int]]:
    rows: Iterable[tuple[str, int, int]] = charges.values_list("ref", "donation_id", "donation__donor_id")
    return rows


def _booked(references: list[str]) -> Iterable[tuple[str, int, str, str, int]]:
    """By fund, what the books say of gifts: the very sums that a report seals."""
    postings = Posting.objects.filter(
        entry__reference__in=references, entry__kind=EntryKind.GIFT, account__use=FundUse.GIFTS
    )
    rows = postings.values_list(
        "entry__reference", "entry__period", "account__donee__code", "account__fund__code"
    ).annotate(sum=Sum("amount_minor"))
    return list(rows.order_by("entry__reference", "account__fund__code"))


def _fragment(proof: GiftProof) -> str:
    given = ",".join(f"{fund}:{amount_minor}" for fund, amount_minor in proof.gifts)
    seed = base64.urlsafe_b64encode(proof.seed).decode().rstrip("=")
    said = {"v": VERSION, "p": proof.period, "d": proof.donee, "g": given, "k": _key(), "s": seed}
    return urlencode(said, safe=":,")


def _key() -> str:
    return fingerprint(public=signing_keys()[0].public)
