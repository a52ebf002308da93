"""A donor's own gifts, each with its state and its receipt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from payments.models import Donation, Receipt
from payments.monthly_calendar import warsaw_day
from payments.queries.lines import PageLine, page_lines
from payments.queries.receipts import receipt_path
from payments.states import DonationState


@dataclass(frozen=True)
class GiftRow:
    """One donation as its donor sees it. Sums in minor units of `currency`; days are Warsaw's.

    `on` is the day it was received, else the day it was begun. `due_on` is a monthly gift's period. `receipt_token`
    opens the receipt at `receipt_path`; None while there is none.
    """

    donation_id: int
    token: str
    state: DonationState
    currency: str
    lines_minor: int
    cover_fee_minor: int
    gross_minor: int
    refunded_minor: int
    on: date
    created_at: datetime
    settled_at: datetime | None
    lines: tuple[PageLine, ...]
    monthly_gift_id: int | None
    due_on: date | None
    receipt_number: str | None
    receipt_token: str | None
    receipt_path: str | None


def gifts_of(*, donor_id: int, monthly_gift_id: int | None = None, limit: int = 100, offset: int = 0) -> list[GiftRow]:
    """Every donation of a donor, newest first; of one monthly gift, if named. Three statements."""
    rows = Donation.objects.filter(donor_id=donor_id)
    if monthly_gift_id is not None:
        rows = rows.filter(monthly_gift_id=monthly_gift_id)
    return _rows(rows.prefetch_related("lines").order_by("-created_at", "-pk")[offset : offset + limit])


def gift_of(*, donation_id: int, donor_id: int) -> GiftRow | None:
    """One of them; None for another's, as for one that doesn't exist."""
    found = _rows(Donation.objects.filter(pk=donation_id, donor_id=donor_id).prefetch_related("lines"))
    return found[0] if found else None


def gifts_count(*, donor_id: int) -> int:
    """How many donations a donor has, in any state."""
    return Donation.objects.filter(donor_id=donor_id).count()


def _rows(donations: Iterable[Donation]) -> list[GiftRow]:
    found = list(donations)
    receipts = {
        receipt.donation_id: receipt
        for receipt in Receipt.objects.filter(donation__in=found).only(
            "donation_id", "number", "link_token", "language"
        )
    }
    return [_row(donation, receipts.get(donation.pk)) for donation in found]


def _row(donation: Donation, receipt: Receipt | None) -> GiftRow:
    return GiftRow(
        donation_id=donation.pk,
        token=donation.token,
        state=DonationState(donation.state),
        currency=donation.currency,
        lines_minor=donation.lines_minor,
        cover_fee_minor=donation.cover_fee_minor,
        gross_minor=donation.gross_minor,
        refunded_minor=donation.refunded_minor,
        on=warsaw_day(donation.settled_at or donation.created_at),
        created_at=donation.created_at,
        settled_at=donation.settled_at,
        lines=page_lines(donation.lines.all()),
        monthly_gift_id=donation.monthly_gift_id,
        due_on=donation.due_on,
        receipt_number=None if receipt is None else receipt.number,
        receipt_token=None if receipt is None else receipt.link_token,
        receipt_path=None if receipt is None else receipt_path(token=receipt.link_token, language=receipt.language),
    )
