"""The e-cards a donor sent with a dedication, and whether each has arrived at a mail server."""

import enum
from dataclasses import dataclass, field
from datetime import date, datetime

from donors.models import Dedication, DedicationState, Donor, Mail, MailState
from donors.operations.dedications import card_key, read_dedication


class CardState(enum.StrEnum):
    """How far a card is."""

    WAITING = "waiting"
    """The gift isn't paid yet."""
    DUE = "due"
    """It goes out on its day, or is being tried."""
    SENT = "sent"
    """A mail server took it."""
    FAILED = "failed"
    """It could not be delivered."""
    CANCELLED = "cancelled"
    """The gift didn't come about or was given back: no card."""


@dataclass(frozen=True)
class Card:
    """One card. Whom it is for and what it says has no repr: it may land in a log."""

    dedication_id: int
    reference: str
    """The gift, such as "donation:12"."""
    recipient_name: str = field(repr=False)
    message: str = field(repr=False)
    send_on: date
    state: CardState
    sent_at: datetime | None


def cards_of(*, donor_id: int) -> list[Card]:
    """The donor's cards, newest first. Raises Donor.DoesNotExist; of a donor who was erased there are none."""
    if Donor.objects.get(pk=donor_id).erased_at is not None:
        return []
    rows = list(Dedication.objects.filter(donor_id=donor_id).select_related("donor").order_by("-pk"))
    mails = {mail.key: mail for mail in Mail.objects.filter(key__in=[card_key(row) for row in rows])}
    return [_card(row, mails.get(card_key(row))) for row in rows]


def _card(row: Dedication, mail: Mail | None) -> Card:
    texts = read_dedication(row)
    return Card(
        dedication_id=row.pk,
        reference=row.reference,
        recipient_name=texts["recipient_name"],
        message=texts["message"],
        send_on=row.send_on,
        state=_state(row, mail),
        sent_at=mail.sent_at if mail else None,
    )


def _state(row: Dedication, mail: Mail | None) -> CardState:
    if row.state == DedicationState.WAITING:
        return CardState.WAITING
    if row.state == DedicationState.CANCELLED or mail is None:
        return CardState.CANCELLED
    return {
        MailState.WAITING: CardState.DUE,
        MailState.SENT: CardState.SENT,
        MailState.FAILED: CardState.FAILED,
        MailState.CANCELLED: CardState.CANCELLED,
    }[MailState(mail.state)]
