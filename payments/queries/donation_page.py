"""What the thank-you page shows of a donation."""

from dataclasses import dataclass
from datetime import datetime

from payments.models import Donation, Receipt
from payments.queries.lines import PageLine, page_lines
from payments.queries.receipts import receipt_path
from payments.queries.tokens import is_token
from payments.states import DonationState


@dataclass(frozen=True)
class DonationPage:
    """A donation as its donor may see it. `receipt_token` opens the receipt; None while there is none."""

    donation_id: int
    token: str
    state: DonationState
    currency: str
    lines_minor: int
    cover_fee_minor: int
    gross_minor: int
    refunded_minor: int
    lines: tuple[PageLine, ...]
    language: str
    terms_version: str
    created_at: datetime
    settled_at: datetime | None
    checkout_url: str | None
    receipt_number: str | None
    receipt_token: str | None
    receipt_path: str | None


def donation_by_token(*, token: str) -> DonationPage | None:
    """The donation behind a return address; None for an unknown token."""
    donation = Donation.objects.filter(token=token).first() if is_token(token) else None
    return None if donation is None else _page(donation)


def donation_by_id(*, donation_id: int) -> DonationPage | None:
    """The same for those who have the id, such as the shop's orders."""
    donation = Donation.objects.filter(pk=donation_id).first()
    return None if donation is None else _page(donation)


def donor_of_intent(*, intent_key: str) -> int | None:
    """The donor's number of the donation with this intent key; None while there is none."""
    return Donation.objects.filter(intent_key=intent_key).values_list("donor_id", flat=True).first()


def _page(donation: Donation) -> DonationPage:
    receipt = Receipt.objects.filter(donation=donation).only("number", "link_token").first()
    state = DonationState(donation.state)
    return DonationPage(
        donation_id=donation.pk,
        token=donation.token,
        state=state,
        currency=donation.currency,
        lines_minor=donation.lines_minor,
        cover_fee_minor=donation.cover_fee_minor,
        gross_minor=donation.gross_minor,
        refunded_minor=donation.refunded_minor,
        lines=page_lines(donation.lines.all()),
        language=donation.language,
        terms_version=donation.terms_version,
        created_at=donation.created_at,
        settled_at=donation.settled_at,
        checkout_url=donation.checkout_url if state is DonationState.CHECKOUT_OPEN else None,
        receipt_number=None if receipt is None else receipt.number,
        receipt_token=None if receipt is None else receipt.link_token,
        receipt_path=None if receipt is None else receipt_path(token=receipt.link_token, language=donation.language),
    )
