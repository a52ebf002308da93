"""Issuing the receipt record of a donation, in the same database transaction as its booking."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext, override

from core.documents.canonical import canonical_json, sha256_hex
from core.money import format_money
from core.periods import WARSAW
from donors.operations import write_statutory_record
from ledger.models import Donee, Fund
from payments.models import Charge, ChargeOutcome, Donation, Receipt, ReceiptCounter
from payments.operations.book_share import share_of_gift
from payments.queries.shares import shares_of_donation
from payments.share import percent_of

LINK_LIVES_FOR = timedelta(days=400)


def issue_receipt(*, donation_id: int, now: datetime) -> Receipt | None:
    """The receipt of a donation, made if it is missing. None while nothing was received."""
    with transaction.atomic():
        donation = Donation.objects.select_for_update().get(pk=donation_id)
        charge = Charge.objects.filter(donation=donation, outcome=ChargeOutcome.GIFT).first()
        if charge is None:
            return None
        return write_receipt(donation=donation, charge=charge, now=now)


def write_receipt(*, donation: Donation, charge: Charge, now: datetime) -> Receipt:
    """Number, freeze and store the receipt, once. Called with the donation's row locked.

    The counter's row lock is held until the database transaction ends: that is what leaves no gap.
    """
    known = Receipt.objects.filter(donation=donation).first()
    if known is not None:
        return known
    donee = _donee(donation)
    typed_for = donation.intent_key if donation.monthly_gift is None else donation.monthly_gift.intent_key
    statutory_record_id = write_statutory_record(donor_id=donation.donor_id, gift=typed_for, now=now)
    year = now.astimezone(WARSAW).year
    sequence = _next_number(donee=donee, year=year)
    number = f"{year}/{sequence:06d}"
    content = canonical_json(_content(donation=donation, charge=charge, donee=donee, number=number, now=now))
    return Receipt.objects.create(
        donation=donation,
        donee=donee,
        year=year,
        sequence=sequence,
        number=number,
        language=donation.language,
        content=content,
        sha256=sha256_hex(content),
        statutory_record_id=statutory_record_id,
        issued_at=now,
        link_token=secrets.token_urlsafe(16),
        link_expires_at=now + LINK_LIVES_FOR,
    )


def _next_number(*, donee: Donee, year: int) -> int:
    """The counter, one higher. Its row stays locked by that until the database transaction ends."""
    counter = ReceiptCounter.objects.filter(donee=donee, year=year)
    if not counter.update(last_number=F("last_number") + 1):
        ReceiptCounter.objects.bulk_create([ReceiptCounter(donee=donee, year=year)], ignore_conflicts=True)
        counter.update(last_number=F("last_number") + 1)
    return counter.values_list("last_number", flat=True).get()


def _donee(donation: Donation) -> Donee:
    return Fund.objects.select_related("donee").get(code=donation.lines.all()[0].fund_code).donee


def _content(*, donation: Donation, charge: Charge, donee: Donee, number: str, now: datetime) -> dict[str, object]:
    """What the receipt says, without the donor, in the donor's language. Sums in minor units, beside their text."""
    language = donation.language

    def text(minor: int) -> str:
        return format_money(minor, currency=donation.currency, language=language)

    lines = [
        {"title": _titled(line.title, line.quantity), "amount_text": text(line.unit_minor * line.quantity)}
        for line in donation.lines.all()
    ]
    if donation.cover_fee_minor:
        with override(language):
            title = gettext("Donation that covers the cost of this payment")
        lines.append({"title": title, "amount_text": text(donation.cover_fee_minor)})
    return {
        "number": number,
        "issued_on": now.astimezone(WARSAW).date().isoformat(),
        "paid_on": charge.paid_at.astimezone(WARSAW).date().isoformat(),
        "amount_minor": donation.gross_minor,
        "amount_text": text(donation.gross_minor),
        "currency": donation.currency,
        "provider_reference": charge.payment_ref or charge.ref,
        "donee": {"name": donee.name, "krs": donee.krs, "nip": donee.nip, "address": donee.address},
        "lines": lines,
        "language": language,
        **_share(donation),
    }


def _share(donation: Donation) -> dict[str, object]:
    """What running costs get of it, as it was said before paying; nothing where nothing was said."""
    share = sum(share_of_gift(donation=donation, parts=shares_of_donation(donation=donation)).values())
    if not share or donation.share_policy is None:
        return {}
    with override(donation.language):
        percent = percent_of(donation.share_policy.permille)
    amount = format_money(share, currency=donation.currency, language=donation.language)
    return {"share": {"percent": percent, "amount_text": amount}}


def _titled(title: str, quantity: int) -> str:
    return title if quantity == 1 else f"{quantity} × {title}"
