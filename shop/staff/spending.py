"""What can be done within an approved envelope: an advance, its return, a partner's document, a purchase of our own."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_packages.models import Allocation, AllocationState, EvidenceGrade
from aid_packages.operations.advances import pay_advance, return_advance
from aid_packages.operations.documents import Split, record_document, record_purchase
from core.models import User
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act
from shop.staff.forms import LineField, NipField, PastDateField, ReasonForm, SumField, noon


class MovedForm(ReasonForm):
    """A sum that moved, and the day."""

    amount = SumField(label=_("Sum, in zł"))
    day = PastDateField(label=_("Day of the transfer"))
    errors_at = {
        "NotPositive": "amount",
        "OverEnvelope": "amount",
        "BankShort": "amount",
        "FundShort": "amount",
        "FutureEvent": "day",
    }


def open_envelopes() -> list[tuple[str, str]]:
    """Every approved envelope, for a document that is split over several."""
    rows = Allocation.objects.filter(state=AllocationState.APPROVED).order_by("-id")
    return [("", "–"), *((str(row.pk), f"{row.pk}: {row.fund_code}, {row.purpose}"[:80]) for row in rows)]


class DocumentForm(ReasonForm):
    """An invoice or bill. Our share falls on this allocation, but for the parts that others take."""

    issuer_nip = NipField(label=_("Issuer's NIP"), max_length=20)
    issuer_name = LineField(label=_("Issuer's name"), max_length=120, required=False)
    number = LineField(label=_("Document's number"), max_length=60)
    issued_on = PastDateField(label=_("Issued on"))
    total = SumField(label=_("The document's whole sum, in zł"))
    own_share = SumField(
        label=_("Our share, in zł"), required=False, help_text=_("Less than the whole where others paid a part of it.")
    )
    grade = forms.ChoiceField(label=_("How it was verified"), choices=EvidenceGrade.choices)
    other = forms.ChoiceField(label=_("A part of it from another allocation"), choices=open_envelopes, required=False)
    other_amount = SumField(label=_("That part, in zł"), required=False)
    errors_at = {
        "BadNip": "issuer_nip",
        "NumberMissing": "number",
        "DuplicateDocument": "number",
        "OutsidePeriod": "issued_on",
        "BadShare": "own_share",
        "NotPositive": "total",
        "OverEnvelope": "own_share",
        "OtherPartner": "other",
    }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("other")) != bool(cleaned.get("other_amount")) and "other_amount" not in self.errors:
            self.add_error("other_amount", _("Name both the other allocation and its part, or neither."))
        return cleaned


def spending_acts(*, allocation: Allocation, actor: User, now: dt.datetime) -> list[Act]:
    """The acts within an approved allocation: a partner's or our own."""
    common: dict[str, Any] = {"allocation_id": allocation.pk, "actor": actor, "now": now}

    def moved(verb: Any) -> Any:
        def do(typed: dict[str, Any]) -> None:
            verb(amount_minor=typed["amount"], event_at=noon(typed["day"], now=now), **_shared(typed), **common)

        return do

    def documented(verb: Any) -> Any:
        def do(typed: dict[str, Any]) -> None:
            verb(**_document(typed, allocation), **_shared(typed), **common)

        return do

    today = {"day": now.date(), "issued_on": now.date()}
    document = Act(
        "document" if allocation.partner else "purchase",
        str(_("Record a document") if allocation.partner else _("Record a purchase")),
        documented(record_document if allocation.partner else record_purchase),
        str(_("Recorded. Another person has to accept it.")),
        form=DocumentForm,
        right=PREPARE,
    )
    if not allocation.partner:
        return [document]
    advance = Act(
        "advance",
        str(_("Pay an advance")),
        moved(pay_advance),
        str(_("Booked: the money is with the partner.")),
        form=MovedForm,
        initial=today,
        right=APPROVE,
    )
    back = Act(
        "return",
        str(_("Book a return")),
        moved(return_advance),
        str(_("Booked: the money is back.")),
        form=MovedForm,
        initial=today,
        right=PREPARE,
    )
    return [advance, document, back]


def _shared(typed: dict[str, Any]) -> dict[str, Any]:
    return {"reason": typed["reason"], "request_key": f"desk:{typed['request_key']}"}


def _document(typed: dict[str, Any], allocation: Allocation) -> dict[str, Any]:
    own_share = typed["own_share"] or typed["total"]
    splits: list[Split] = []
    if typed["other"]:
        other = Split(int(typed["other"]), typed["other_amount"])
        splits = [Split(allocation.pk, own_share - other.amount_minor), other]
    names = ("issuer_nip", "issuer_name", "number", "issued_on")
    return {name: typed[name] for name in names} | {
        "total_minor": typed["total"],
        "own_share_minor": own_share,
        "splits": splits,
        "grade": EvidenceGrade(typed["grade"]),
    }
