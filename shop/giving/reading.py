"""Everything held of a donor, made readable: the same that the JSON file holds, with its keys as words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.money import format_money
from core.periods import WARSAW
from donors.models import DedicationState, MailKind, MailState, MailTopic
from payments.monthly_states import (
    ActState,
    ActVerb,
    Interval,
    MonthlyKind,
    MonthlyState,
    OccasionState,
    ReceiptPolicy,
    TroubleState,
)
from payments.states import DonationState

Fact = tuple[str, str]

WORDS = {
    "contact": gettext_lazy("Who you are"),
    "email": gettext_lazy("E-mail"),
    "name": gettext_lazy("Name"),
    "company_name": gettext_lazy("Company name"),
    "nip": gettext_lazy("NIP"),
    "address": gettext_lazy("Address"),
    "language": gettext_lazy("Language"),
    "first_seen_at": gettext_lazy("First donation begun"),
    "last_seen_at": gettext_lazy("Last seen"),
    "dedications": gettext_lazy("Cards you sent"),
    "gifts_on_their_way": gettext_lazy("Donations on their way"),
    "on_receipts": gettext_lazy("What stands on confirmations"),
    "mails": gettext_lazy("Mails to you"),
    "mail_choices": gettext_lazy("Which mails you want"),
    "sessions": gettext_lazy("Where you are signed in"),
    "donations": gettext_lazy("Donations"),
    "monthly_gifts": gettext_lazy("Monthly gifts"),
    "statements": gettext_lazy("Yearly statements"),
    "claims": gettext_lazy("Donations you proved"),
    "created_at": gettext_lazy("Begun"),
    "settled_at": gettext_lazy("Received"),
    "written_at": gettext_lazy("Written"),
    "typed_at": gettext_lazy("Typed"),
    "queued_at": gettext_lazy("Written"),
    "state": gettext_lazy("State"),
    "kind": gettext_lazy("Kind"),
    "gross_minor": gettext_lazy("Sum"),
    "net_minor": gettext_lazy("Left after refunds"),
    "refunded_minor": gettext_lazy("Given back"),
    "unit_minor": gettext_lazy("Each"),
    "quantity": gettext_lazy("Quantity"),
    "currency": gettext_lazy("Currency"),
    "terms_version": gettext_lazy("Version of the terms"),
    "receipt_number": gettext_lazy("Confirmation"),
    "lines": gettext_lazy("What for"),
    "title": gettext_lazy("Purpose"),
    "gift": gettext_lazy("Donation"),
    "send_on": gettext_lazy("Day to send it"),
    "giver_name": gettext_lazy("From"),
    "recipient_name": gettext_lazy("To"),
    "recipient_email": gettext_lazy("Their e-mail"),
    "message": gettext_lazy("Message"),
    "email_masked": gettext_lazy("E-mail, shortened"),
    "interval": gettext_lazy("How often"),
    "day": gettext_lazy("Day of the month"),
    "year": gettext_lazy("Year"),
    "anonymous": gettext_lazy("Given anonymously"),
    "erased_at": gettext_lazy("Erased"),
    "sign_in_requests": gettext_lazy("Links to sign in"),
    "asked_at": gettext_lazy("Asked for"),
    "used_at": gettext_lazy("Used"),
    "the_law_keeps_it_until": gettext_lazy("The law keeps it until"),
    "to": gettext_lazy("To"),
    "says": gettext_lazy("What it says"),
    "monthly_gift": gettext_lazy("Monthly gift"),
    "due_on": gettext_lazy("Was due on"),
    "number": gettext_lazy("Number"),
    "next_charge_at": gettext_lazy("Next gift"),
    "next_dates": gettext_lazy("Next dates"),
    "paused_until": gettext_lazy("Paused until"),
    "skipped_on": gettext_lazy("Skipped"),
    "cancelled_at": gettext_lazy("Ended on"),
    "cancel_reason": gettext_lazy("Why it was ended"),
    "receipts": gettext_lazy("Mails"),
    "paid_by": gettext_lazy("Way to pay"),
    "card_expires": gettext_lazy("The card is valid to"),
    "terms": gettext_lazy("What was agreed"),
    "version": gettext_lazy("Version"),
    "agreed_at": gettext_lazy("Agreed on"),
    "cover_fee_minor": gettext_lazy("Cost of the payment, covered by you"),
    "sum_minor": gettext_lazy("Sum"),
    "acts": gettext_lazy("What was done"),
    "what": gettext_lazy("What"),
    "told": gettext_lazy("The answer"),
    "moves": gettext_lazy("How it went"),
    "at": gettext_lazy("When"),
    "on": gettext_lazy("Day"),
    "due_dates": gettext_lazy("Days on which you were asked"),
    "failed_renewals": gettext_lazy("What could not be taken"),
    "invoices": gettext_lazy("Renewals"),
}
"""The keys of the export that have a word; another one stands as it is."""
NOTHING = "–"
CHOICES: dict[tuple[str, str], type[TextChoices]] = {
    ("mails", "kind"): MailKind,
    ("mails", "state"): MailState,
    ("dedications", "state"): DedicationState,
    ("donations", "state"): DonationState,
    ("monthly_gifts", "kind"): MonthlyKind,
    ("monthly_gifts", "state"): MonthlyState,
    ("monthly_gifts", "receipts"): ReceiptPolicy,
    ("terms", "interval"): Interval,
    ("acts", "what"): ActVerb,
    ("acts", "state"): ActState,
    ("told", "state"): MonthlyState,
    ("told", "interval"): Interval,
    ("moves", "to"): MonthlyState,
    ("due_dates", "state"): OccasionState,
    ("failed_renewals", "state"): TroubleState,
}
"""(heading, key) -> the words of its value."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\S+)?")


@dataclass(frozen=True)
class Section:
    """One heading with its records, each a list of facts."""

    title: str
    records: tuple[tuple[Fact, ...], ...]


def sections_of(held: Mapping[str, Any]) -> list[Section]:
    """The export by heading; what single facts a holder has come first, together."""
    found = []
    for parts in held.values():
        single = tuple((_word(key), _text(key, value)) for key, value in parts.items() if not _is_group(value))
        found += [Section(title=_("In general"), records=(single,))] if single else []
        found += [
            Section(title=_word(key), records=_records(key, value)) for key, value in parts.items() if _is_group(value)
        ]
    return found


def _is_group(value: Any) -> bool:
    return isinstance(value, list | dict)


def _records(heading: str, value: Any) -> tuple[tuple[Fact, ...], ...]:
    rows = value if isinstance(value, list) else [value] if value else []
    return tuple(
        tuple((_word(key), _text(key, part, within=heading)) for key, part in row.items())
        if isinstance(row, dict)
        else ((_word("kind"), _text("kind", row)),)
        for row in rows
    )


def _word(key: str) -> str:
    known = WORDS.get(key) or (MailTopic(key).label if key in MailTopic.values else None)
    return str(known or key.replace("_", " "))


def _text(key: str, value: Any, *, within: str = "") -> str:
    if isinstance(value, list):
        return "; ".join(_text(key, part, within=key) for part in value) or NOTHING
    if isinstance(value, dict):
        return ", ".join(f"{_word(name)}: {_text(name, part, within=key)}" for name, part in value.items()) or NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int) and key.endswith("_minor"):
        return format_money(value)
    return _plain(value, CHOICES.get((within, key)))


def _plain(value: Any, choices: type[TextChoices] | None) -> str:
    if choices is not None and value in choices.values:
        return str(choices(value).label)
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return _time(value)
    return NOTHING if value in (None, "") else str(value)


def _time(value: str) -> str:
    """A day or an instant as the reader writes it; what is neither stays as it is."""
    try:
        if len(value) == len("2026-11-21"):
            return date_format(date.fromisoformat(value), "j E Y")
        return date_format(datetime.fromisoformat(value).astimezone(WARSAW), "j E Y, H:i")
    except ValueError:
        return value
