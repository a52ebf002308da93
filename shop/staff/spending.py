"""What can be done within an approved envelope: an advance, its return, a partner's document, a purchase of our own."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_packages.models import Allocation, AllocationState, EvidenceGrade
from aid_packages.operations import advances, booking, documents, issuer, refusals
from aid_packages.operations.documents import Split
from aid_packages.queries import Envelope
from core.models import User
from core.money import format_money
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act
from shop.staff.fields import LineField, NipField, PastDateField, SumField, noon, today
from shop.staff.forms import ReasonForm


class MovedForm(ReasonForm):
    """A sum that moved, and the day."""

    amount = SumField(label=_("Sum, in zł"))
    day = PastDateField(label=_("Day of the transfer"))
    errors_at = {
        refusals.NotPositive: "amount",
        advances.OverEnvelope: "amount",
        booking.BankShort: "amount",
        booking.FundShort: "amount",
        refusals.FutureEvent: "day",
    }


class DocumentForm(ReasonForm):
    """An invoice or bill. Our share falls on this allocation, but for the part that another takes."""

    issuer_nip = NipField(label=_("Issuer's NIP"), max_length=20)
    issuer_name = LineField(label=_("Issuer's name"), max_length=120, required=False)
    number = LineField(label=_("Document's number"), max_length=60)
    issued_on = PastDateField(label=_("Issued on"))
    total = SumField(label=_("The document's whole sum, in zł"))
    own_share = SumField(
        label=_("Our share, in zł"), required=False, help_text=_("Less than the whole where others paid a part of it.")
    )
    grade = forms.ChoiceField(label=_("How it was verified"), choices=EvidenceGrade.choices)
    other = forms.ChoiceField(label=_("A part of it from another allocation"), required=False)
    other_amount = SumField(label=_("That part, in zł"), required=False)
    errors_at = {
        issuer.BadNip: "issuer_nip",
        documents.NumberMissing: "number",
        documents.DuplicateDocument: "number",
        documents.OutsidePeriod: "issued_on",
        documents.BadShare: "own_share",
        refusals.NotPositive: "total",
        advances.OverEnvelope: "total",
        documents.OtherPartner: "other",
    }

    def __init__(self, *args: Any, allocation: Allocation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = other_envelopes(allocation)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        total, share, part = cleaned.get("total"), cleaned.get("own_share"), cleaned.get("other_amount")
        share = share or total
        if total and share and share > total:
            self.add_error("own_share", _("Our share can't be more than the document's whole sum."))
        if "other_amount" not in self.errors and "other" not in self.errors:
            if bool(cleaned.get("other")) != bool(part):
                self.add_error("other_amount", _("Name both the other allocation and its part, or neither."))
            elif part and share and part >= share:
                self.add_error("other_amount", _("The other allocation's part has to be less than our share."))
        return cleaned


def other_envelopes(allocation: Allocation) -> list[tuple[str, str]]:
    """The approved envelopes, of the same partner or of ours, that may take a part of a document."""
    rows = Allocation.objects.filter(state=AllocationState.APPROVED, partner=allocation.partner)
    others = rows.exclude(pk=allocation.pk).order_by("-id")
    return [("", "–"), *((str(row.pk), f"{row.pk}: {row.fund_code}, {row.purpose}"[:80]) for row in others)]


def spending_acts(*, allocation: Allocation, used: Envelope, actor: User, now: dt.datetime) -> list[Act]:
    """The acts within an approved allocation: a partner's or our own."""
    common: dict[str, Any] = {"allocation_id": allocation.pk, "actor": actor, "now": now}
    document = partial(DocumentForm, allocation=allocation)
    free = _("Free in the envelope: %(sum)s.") % {"sum": format_money(used.free_minor)}
    held = _("With the partner: %(sum)s.") % {"sum": format_money(used.with_partner_minor)}
    if not allocation.partner:
        return [
            Act(
                name="purchase",
                label=_("Record a purchase"),
                do=_documented(documents.record_purchase, allocation, common),
                done=_("Recorded. Another person has to accept it."),
                form=document,
                initial={"issued_on": today()},
                note=free,
                right=PREPARE,
            )
        ]
    return [
        Act(
            name="advance",
            label=_("Pay an advance"),
            do=_moved(advances.pay_advance, common),
            done=_("Booked: the money is with the partner."),
            form=MovedForm,
            initial={"day": today()},
            note=free,
            right=APPROVE,
        ),
        Act(
            name="document",
            label=_("Record a document"),
            do=_documented(documents.record_document, allocation, common),
            done=_("Recorded. Another person has to accept it."),
            form=document,
            initial={"issued_on": today()},
            note=held,
            right=PREPARE,
        ),
        Act(
            name="return",
            label=_("Book a return"),
            do=_moved(advances.return_advance, common),
            done=_("Booked: the money is back."),
            form=MovedForm,
            initial={"day": today()},
            note=held,
            right=PREPARE,
        ),
    ]


def _moved(verb: Callable[..., object], common: dict[str, Any]) -> Callable[[dict[str, Any]], object]:
    def do(typed: dict[str, Any]) -> None:
        verb(amount_minor=typed["amount"], event_at=noon(typed["day"], now=common["now"]), **_shared(typed), **common)

    return do


def _documented(
    verb: Callable[..., object], allocation: Allocation, common: dict[str, Any]
) -> Callable[[dict[str, Any]], object]:
    def do(typed: dict[str, Any]) -> None:
        verb(**_document(typed, allocation), **_shared(typed), **common)

    return do


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
