"""Dedications: a card goes out on the chosen day, and only once the gift is settled."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction

from core.periods import WARSAW
from donors.addresses import clean_email
from donors.crypto import open_text, seal_text
from donors.models import Dedication, DedicationState, Donor, MailKind
from donors.operations.queue_mail import cancel_mail, queue_mail
from donors.row_ids import next_id
from donors.vault import DonorErased, key_of, place_of

MAX_MESSAGE_LENGTH = 1000
SENT_FROM = time(hour=8)
"""Cards leave in the morning of their day in Warsaw, not at midnight."""
WAITED_LONG_ENOUGH = timedelta(days=30)
"""No payment succeeds later than this: what was typed for a gift that never came about is then forgotten."""
SEALED_FIELDS = ("giver_name", "recipient_name", "recipient_email", "message")


class MessageTooLong(ValueError):
    """A card's message is too long. Expected: people have much to say. Carries its length and the limit."""

    def __init__(self, *, length: int) -> None:
        super().__init__(f"a message of {length} characters is longer than {MAX_MESSAGE_LENGTH}")
        self.length = length
        self.limit = MAX_MESSAGE_LENGTH


def add_dedication(
    *,
    donor_id: int,
    reference: str,
    giver_name: str,
    recipient_name: str,
    recipient_email: str,
    message: str,
    send_on: date,
    language: str,
    now: datetime,
) -> int:
    """Keeps a dedication of the gift `reference` ("donation:12"). Returns its id; a second post changes nothing.

    `giver_name` is what was typed for this gift, and may be empty.

    Raises addresses.EmailRefused, MessageTooLong, vault.DonorErased, Donor.DoesNotExist.
    """
    if len(message) > MAX_MESSAGE_LENGTH:
        raise MessageTooLong(length=len(message))
    texts = {
        "giver_name": giver_name,
        "recipient_name": recipient_name,
        "recipient_email": clean_email(recipient_email),
        "message": message,
    }
    donor = Donor.objects.get(pk=donor_id)
    key = key_of(donor, "contact_key")
    row = Dedication(
        id=next_id(Dedication), donor=donor, reference=reference, send_on=send_on, language=language, created_at=now
    )
    for name in SEALED_FIELDS:
        setattr(row, name, seal_text(key=key, text=texts[name], place=place_of(row, name)))
    Dedication.objects.bulk_create([row], ignore_conflicts=True)
    return Dedication.objects.values_list("pk", flat=True).get(reference=reference)


def release_dedications(*, reference: str, now: datetime) -> None:
    """The gift is settled: its card becomes due on its day, or now if that has passed. May run twice."""
    with transaction.atomic():
        for row in _locked(reference, DedicationState.WAITING):
            _queue_card(row, now=now)
            # The card's footer promises it: the address lives on in the mail alone, and only until that is sent.
            row.state, row.moved_at, row.recipient_email = DedicationState.RELEASED, now, None
            row.save(update_fields=["state", "moved_at", "recipient_email"])


def cancel_dedications(*, reference: str, now: datetime) -> None:
    """The gift didn't come about, or was given back: no card, and what was typed is forgotten. May run twice."""
    with transaction.atomic():
        for row in _locked(reference, DedicationState.WAITING, DedicationState.RELEASED):
            cancel_mail(key=card_key(row))
            forget_dedication(row, now=now)


def forget_stale_dedications(*, now: datetime) -> int:
    """Forgets dedications of gifts that never came about. Returns how many."""
    with transaction.atomic():
        stale = Dedication.objects.select_for_update().filter(
            state=DedicationState.WAITING, created_at__lte=now - WAITED_LONG_ENOUGH
        )
        rows = list(stale)
        for row in rows:
            forget_dedication(row, now=now)
    return len(rows)


def forget_dedication(row: Dedication, *, now: datetime) -> None:
    """Empties a dedication for good."""
    for name in SEALED_FIELDS:
        setattr(row, name, None)
    row.state, row.moved_at = DedicationState.CANCELLED, now
    row.save(update_fields=[*SEALED_FIELDS, "state", "moved_at"])


def card_key(row: Dedication) -> str:
    """The outbox key of a dedication's card: one card, however often it is released."""
    return f"ecard:{row.pk}"


def _queue_card(row: Dedication, *, now: datetime) -> None:
    try:
        texts = read_dedication(row)
    except DonorErased:
        return
    queue_mail(
        donor_id=row.donor_id,
        address=texts["recipient_email"],
        kind=MailKind.ECARD,
        key=card_key(row),
        language=row.language,
        context={
            "recipient_name": texts["recipient_name"],
            "giver_name": texts["giver_name"],
            "message": texts["message"],
            "site_url": settings.SITE_URL,
            "donee_name": settings.DONEE["name"],
        },
        due_at=max(now, datetime.combine(row.send_on, SENT_FROM, tzinfo=WARSAW)),
        now=now,
    )


def read_dedication(row: Dedication) -> dict[str, str]:
    """The dedication's texts by field. Raises vault.DonorErased."""
    key = key_of(row.donor, "contact_key")
    return {name: open_text(key=key, sealed=getattr(row, name), place=place_of(row, name)) for name in SEALED_FIELDS}


def _locked(reference: str, *states: DedicationState) -> list[Dedication]:
    rows = Dedication.objects.select_for_update(of=("self",)).select_related("donor")
    return list(rows.filter(reference=reference, state__in=states))
