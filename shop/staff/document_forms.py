"""The forms of a document: an invoice or bill, who issued it, who paid which part of it, and to whom it is owed."""

from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aid_packages.models import SPENDABLE, Allocation, EvidenceGrade, Payee
from aid_packages.operations import advances, documents, issuer, refusals
from core.money import AmountError, parse_amount
from core.text import TextError, clean_line
from shop.staff.fields import (
    BAD_TEXT,
    LARGEST_SUM,
    SUM_REFUSALS,
    DayField,
    LineField,
    NipField,
    PastDateField,
    SumField,
)
from shop.staff.forms import ReasonForm

MOST_FUNDERS = 20


def countries() -> list[tuple[str, str]]:
    """Every country by its name in the reader's language, Poland first."""
    names = Locale.parse((get_language() or "pl").replace("-", "_")).territories
    ordered = sorted(issuer.COUNTRIES, key=lambda code: (code != issuer.POLAND, str(names.get(code, code))))
    return [(code, str(names.get(code, code))) for code in ordered]


class FundersField(forms.CharField):
    """Other funders, one a line, "name; sum"; cleaned to [(name, grosze)]."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: Any) -> list[tuple[str, int]]:  # type: ignore[override]  # a list, not a text
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_FUNDERS:
            raise ValidationError(_("At most 20 funders can stand there."))
        return [self._funder(line) for line in lines]

    def _funder(self, line: str) -> tuple[str, int]:
        name, sign, typed = line.rpartition(";")
        if not sign or not name.strip():
            raise ValidationError(_("Type each funder in a line of its own, like: Another Foundation; 300"))
        try:
            return clean_line(name, max_length=120), self.amount(typed.strip())
        except AmountError as refusal:
            raise ValidationError(SUM_REFUSALS[refusal.reason]) from refusal
        except TextError as refusal:
            raise ValidationError(BAD_TEXT) from refusal

    def amount(self, typed: str) -> int:
        """A funder's sum in grosze. Raises AmountError."""
        return parse_amount(typed, language=get_language() or "pl", least=1, most=LARGEST_SUM)


class DocumentForm(ReasonForm):
    """An invoice or bill. Our share falls on this allocation, but for the part that another takes."""

    issuer_nip = NipField(
        label=_("Issuer's NIP"), max_length=20, required=False, help_text=_("Empty only where the issuer is abroad.")
    )
    issuer_name = LineField(label=_("Issuer's name"), max_length=120, required=False)
    issuer_country = forms.ChoiceField(
        label=_("Issuer's country"), choices=lazy(countries, list), initial=issuer.POLAND, required=False
    )
    issuer_id = LineField(
        label=_("Issuer's number abroad"), max_length=60, required=False, help_text=_("A tax or register number there.")
    )
    number = LineField(label=_("Document's number"), max_length=60)
    issued_on = PastDateField(label=_("Issued on"))
    total = SumField(label=_("The document's whole sum, in zł"))
    own_share = SumField(
        label=_("Our share, in zł"), required=False, help_text=_("Less than the whole where others paid a part of it.")
    )
    funders = FundersField(
        label=_("Who paid the rest"),
        help_text=_("Organisations, one a line, each with its sum: Another Foundation; 300. No names of people."),
    )
    grade = forms.ChoiceField(label=_("How it was verified"), choices=EvidenceGrade.choices)
    other = forms.ChoiceField(label=_("A part of it from another allocation"), required=False)
    other_amount = SumField(label=_("That part, in zł"), required=False)
    errors_at = {
        issuer.BadNip: "issuer_nip",
        issuer.BadCountry: "issuer_country",
        issuer.BadForeignId: "issuer_id",
        documents.NumberMissing: "number",
        documents.DuplicateDocument: "number",
        documents.OutsidePeriod: "issued_on",
        documents.BadShare: "own_share",
        documents.BadFunders: "funders",
        refusals.NotPositive: "total",
        advances.OverEnvelope: "total",
        documents.OtherPartner: "other",
    }

    def __init__(self, *args: Any, allocation: Allocation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = other_envelopes(allocation)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["issuer_country"] = cleaned.get("issuer_country") or issuer.POLAND
        if cleaned["issuer_country"] == issuer.POLAND and cleaned.get("issuer_nip") == "":
            self.add_error("issuer_nip", self.fields["issuer_nip"].error_messages["required"])
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


class PurchaseForm(DocumentForm):
    """An own purchase: owed to the issuer, or to somebody of ours who paid it. A role, never a person's name."""

    payee = forms.ChoiceField(
        label=_("To whom it is owed"),
        choices=[(payee.value, payee.label) for payee in Payee if payee is not Payee.PARTNER],
        initial=Payee.ISSUER,
        required=False,
        help_text=_("Somebody who paid it with their own money is reimbursed; their name is not kept here."),
    )
    due_on = DayField(label=_("Due on"), required=False)
    errors_at = {**DocumentForm.errors_at, advances.NoPartner: "payee"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["payee"] = cleaned.get("payee") or Payee.ISSUER
        return cleaned


class ReimbursementForm(DocumentForm):
    """An invoice that the partner paid without an advance: owed to the partner."""

    due_on = DayField(label=_("Due on"), required=False)

    def clean(self) -> dict[str, Any]:
        return super().clean() | {"payee": Payee.PARTNER}


def other_envelopes(allocation: Allocation) -> list[tuple[str, str]]:
    """The open envelopes, of the same partner or of ours, that may take a part of a document."""
    rows = Allocation.objects.filter(state__in=SPENDABLE, partner=allocation.partner)
    others = rows.exclude(pk=allocation.pk).order_by("-id")
    return [("", "–"), *((str(row.pk), f"{row.pk}: {row.fund_code}, {row.purpose}"[:80]) for row in others)]
