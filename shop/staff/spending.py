"""What can be done within an approved envelope: an advance, its return, a partner's document, a purchase of our own."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_packages.models import SPENDABLE, Allocation, EvidenceGrade, Payee
from aid_packages.operations import advances, agreements, booking, documents, grants, refusals
from aid_packages.operations.documents import Funder, Split
from aid_packages.queries import Envelope
from core.models import User
from core.money import format_money
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act
from shop.staff.document_forms import DocumentForm, PurchaseForm, ReimbursementForm
from shop.staff.fields import LineField, PastDateField, SumField, noon, today
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
        agreements.NoAgreement: "day",
    }


class GrantForm(MovedForm):
    """A sum that goes to the partner for good, and what stands behind it."""

    grade = forms.ChoiceField(
        label=_("How it was verified"), choices=EvidenceGrade.choices, initial=EvidenceGrade.PARTNER_ATTESTED
    )
    attestation = LineField(
        label=_("The paper behind it"), max_length=120, help_text=_("Such as: attestation 7/2026 of 3 November.")
    )
    errors_at = {**MovedForm.errors_at, grants.AttestationMissing: "attestation"}
    field_order = ("amount", "day", "grade", "attestation", "reason")


def spending_acts(*, allocation: Allocation, used: Envelope, actor: User, now: dt.datetime) -> list[Act]:
    """The acts within an approved allocation: a partner's or our own."""
    common: dict[str, Any] = {"allocation_id": allocation.pk, "actor": actor, "now": now}
    if allocation.partner:
        return [*_partners_own(allocation, used, common)]
    return [_purchase(allocation, used, common)] if allocation.state in SPENDABLE else []


def _purchase(allocation: Allocation, used: Envelope, common: dict[str, Any]) -> Act:
    return Act(
        name="purchase",
        label=_("Record a purchase"),
        do=_documented(documents.record_purchase, allocation, common),
        done=_("Recorded. Another person has to accept it."),
        form=partial(PurchaseForm, allocation=allocation),
        initial={"issued_on": today()},
        note=_free(used),
        right=PREPARE,
    )


def _partners_own(allocation: Allocation, used: Envelope, common: dict[str, Any]) -> Iterator[Act]:
    """What is done with a partner's money: paid out while the envelope is open, accounted for also when it was stopped."""
    document = partial(DocumentForm, allocation=allocation)
    held = _("With the partner: %(sum)s.") % {"sum": format_money(used.with_partner_minor)}
    if allocation.state in SPENDABLE:
        yield Act(
            name="advance",
            label=_("Pay an advance"),
            do=_moved(advances.pay_advance, common),
            done=_("Booked: the money is with the partner."),
            form=MovedForm,
            initial={"day": today()},
            note=_free(used),
            right=APPROVE,
        )
        if allocation.prepared_by_id != common["actor"].pk:
            yield _grant(used, common)
        yield Act(
            name="reimburse",
            label=_("Record a reimbursement"),
            do=_documented(documents.record_purchase, allocation, common),
            done=_("Recorded. Another person has to accept it; then it is paid to the partner."),
            form=partial(ReimbursementForm, allocation=allocation),
            initial={"issued_on": today()},
            note=_free(used),
            right=PREPARE,
        )
    yield Act(
        name="document",
        label=_("Record a document"),
        do=_documented(documents.record_document, allocation, common),
        done=_("Recorded. Another person has to accept it."),
        form=document,
        initial={"issued_on": today()},
        note=held,
        right=PREPARE,
    )
    yield Act(
        name="return",
        label=_("Book a return"),
        do=_moved(advances.return_advance, common),
        done=_("Booked: the money is back."),
        form=MovedForm,
        initial={"day": today()},
        note=held,
        right=PREPARE,
    )


def _grant(used: Envelope, common: dict[str, Any]) -> Act:
    def do(typed: dict[str, Any]) -> None:
        grants.pay_grant(
            amount_minor=typed["amount"],
            grade=EvidenceGrade(typed["grade"]),
            attestation=typed["attestation"],
            event_at=noon(typed["day"], now=common["now"]),
            **_shared(typed),
            **common,
        )

    return Act(
        name="grant",
        label=_("Pay a grant"),
        do=do,
        done=_("Booked: it is spent, with nothing left to settle."),
        form=GrantForm,
        initial={"day": today()},
        note=_free(used),
        warning=_("A grant goes to the partner for good: nothing is accounted for afterwards, document by document."),
        right=APPROVE,
    )


def _free(used: Envelope) -> str:
    return _("Free in the envelope: %(sum)s.") % {"sum": format_money(used.free_minor)}


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
    names = ("issuer_nip", "issuer_name", "issuer_country", "issuer_id", "number", "issued_on")
    debt = {"payee": Payee(typed["payee"]), "due_on": typed["due_on"]} if "payee" in typed else {}
    return (
        {name: typed[name] for name in names}
        | debt
        | {
            "total_minor": typed["total"],
            "own_share_minor": own_share,
            "splits": splits,
            "funders": [Funder(name, amount) for name, amount in typed["funders"]],
            "grade": EvidenceGrade(typed["grade"]),
        }
    )
