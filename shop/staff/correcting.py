"""Correction invoices on the desk: recorded on the page of the invoice they correct, and what goods cost after them."""

import datetime as dt
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from aid_packages.deliveries.models import Lot
from aid_packages.deliveries.operations import cost_after_correction
from aid_packages.deliveries.queries import Paper, lots_of_family
from aid_packages.models import DocumentState, EvidenceGrade, Settles, SpendingDocument
from aid_packages.operations import advances, corrections, documents
from aid_packages.operations.documents import Funder, Split
from aid_packages.queries import borne
from core.models import User
from core.money import format_money
from core.texts import in_language
from shop.staff.access import PREPARE
from shop.staff.acts import Act
from shop.staff.document_forms import FundersField
from shop.staff.fields import DayField, LineField, PastDateField, SumField, sum_as_typed, today
from shop.staff.forms import ReasonForm

MINUS = "-\N{MINUS SIGN}\N{EN DASH}"


class DifferenceField(SumField):
    """By how much a sum is higher, or lower with a minus; cleaned to grosze, None where nothing is typed."""

    def clean(self, value: Any) -> Any:
        typed = str(value or "").strip()
        less = typed[:1] in MINUS and bool(typed)
        minor = super().clean(typed[1:] if less or typed[:1] == "+" else typed)
        return -minor if less and minor is not None else minor


class FundersDifferenceField(FundersField):
    """The same of other funders, one a line, "name; sum"."""

    def amount(self, typed: str) -> int:
        less = typed[:1] in MINUS and bool(typed)
        minor = super().amount(typed[1:].strip() if less else typed)
        return -minor if less else minor


class CorrectionForm(ReasonForm):
    """A correction invoice: by how much each allocation pays more or less than the invoice said."""

    number = LineField(label=_("The correction's number"), max_length=60)
    issued_on = PastDateField(label=_("Issued on"))
    funders = FundersDifferenceField(
        label=_("By how much other funders pay more or less"),
        help_text=_("Organisations, one a line, each with its difference: Another Foundation; -300."),
    )
    grade = forms.ChoiceField(label=_("How it was verified"), choices=EvidenceGrade.choices)
    errors_at = {
        documents.NumberMissing: "number",
        documents.DuplicateDocument: "number",
        corrections.CorrectionTooEarly: "issued_on",
    }

    def __init__(self, *args: Any, document: SpendingDocument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.splits = list(document.splits.select_related("allocation").order_by("pk"))
        self.fields["funders"].widget.attrs["rows"] = 2
        for split in self.splits:
            label = _("Difference of our share, in zł")
            if len(self.splits) > 1:
                where = {"number": split.allocation_id, "fund": split.allocation.fund_code}
                label = _("Difference of our share from allocation %(number)s (%(fund)s), in zł") % where
            help_text = _("What is taken off with a minus: -200,50.")
            self.fields[_named(split.allocation_id)] = DifferenceField(
                label=label, required=len(self.splits) == 1, help_text=help_text
            )
        if document.settles == Settles.PURCHASE:
            self.fields["due_on"] = DayField(label=_("Due on"), required=False)
        self.order_fields(["number", "issued_on", *(_named(split.allocation_id) for split in self.splits)])
        self.order_fields([name for name in self.fields if name != "reason"])
        self.errors_at = dict.fromkeys(_OF_SUMS, _named(self.splits[0].allocation_id)) | type(self).errors_at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        differences = {split.allocation_id: cleaned.get(_named(split.allocation_id)) for split in self.splits}
        cleaned["differences"] = [Split(number, minor) for number, minor in differences.items() if minor]
        if not cleaned["differences"] and not self.errors:
            raise ValidationError(_("Say by how much at least one sum is higher or lower."))
        return cleaned


_OF_SUMS = (corrections.BadDifference, corrections.BelowNothing, advances.OverEnvelope)


class CostsForm(ReasonForm):
    """What each lot of a corrected invoice costs after the correction."""

    def __init__(self, *args: Any, lots: dict[Lot, Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lots = lots
        for lot, paper in lots.items():
            what = {"units": lot.units, "title": in_language(lot.item.title), "lot": lot.pk}
            label = _("%(units)s × %(title)s (lot %(lot)s), in zł") % what
            self.fields[_named(lot.pk)] = SumField(label=label, initial=sum_as_typed(paper.cost_minor))
        self.order_fields([name for name in self.fields if name != "reason"])

    def costs(self) -> dict[int, int]:
        """Lot -> grosze."""
        return {lot.pk: self.cleaned_data[_named(lot.pk)] for lot in self.lots}

    def clean(self) -> dict[str, Any]:
        return super().clean() | ({} if self.errors else {"costs": self.costs()})


def correcting(*, document: SpendingDocument, actor: User, now: dt.datetime) -> list[Act]:
    """What can be done about corrections of an accepted document."""
    if document.state != DocumentState.ACCEPTED:
        return []
    common = {"actor": actor, "now": now}
    return [*([] if document.is_correction else [_record(document, common)]), *_costs(document, common)]


def _record(document: SpendingDocument, common: dict[str, Any]) -> Act:
    def do(typed: dict[str, Any]) -> None:
        corrections.record_correction(
            document_id=document.pk,
            number=typed["number"],
            issued_on=typed["issued_on"],
            differences=typed["differences"],
            funders=[Funder(name, minor) for name, minor in typed["funders"]],
            grade=EvidenceGrade(typed["grade"]),
            due_on=typed.get("due_on"),
            **_request(typed),
            **common,
        )

    return Act(
        name="correct",
        label=_("Record a correction invoice"),
        do=do,
        done=_("Recorded. Another person has to accept it; then it is booked as its difference."),
        form=partial(CorrectionForm, document=document),
        initial={"issued_on": today()},
        note=_("For a correction invoice of the issuer. What was entered wrongly here is taken back instead."),
        right=PREPARE,
    )


def _costs(document: SpendingDocument, common: dict[str, Any]) -> list[Act]:
    family = lots_of_family(document_id=document.pk)
    stale = {
        lot_id: paper for lot_id, paper in family.items() if paper.is_corrected and paper.document_id != document.pk
    }
    newest = document.corrects and document.corrects.corrections.filter(state=DocumentState.ACCEPTED)
    if not stale or not newest or newest.order_by("-entry").first() != document:
        return []
    rows = Lot.objects.filter(pk__in=stale).select_related("item").order_by("pk")
    lots = {lot: stale[lot.pk] for lot in rows}

    def do(typed: dict[str, Any]) -> None:
        cost_after_correction(document_id=document.pk, costs=typed["costs"], **_request(typed), **common)

    return [
        Act(
            name="costs",
            label=_("Say what the goods cost after it"),
            do=do,
            done=_("The goods stand on the correction now, at what they cost after it."),
            form=partial(CostsForm, lots=lots),
            note=_("The whole invoice, with its corrections: %(sum)s.") % {"sum": format_money(_whole(document))},
            right=PREPARE,
        )
    ]


def _whole(correction: SpendingDocument) -> int:
    assert correction.corrects_id is not None  # only a correction has goods to be told anew
    return borne(document_id=correction.corrects_id).total_minor


def _named(number: int) -> str:
    """A field of one allocation, or of one lot."""
    return f"part_{number}"


def _request(typed: dict[str, Any]) -> dict[str, Any]:
    return {"reason": typed["reason"], "request_key": f"desk:{typed['request_key']}"}
