"""What is owed: accepted purchases by the day they are due."""

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aid_packages.models import Payee
from aid_packages.queries import Payable, open_payables
from core.money import format_money
from shop.staff.fields import DayField, today
from shop.staff.filters import EVERY
from shop.staff.tables import Cell, Listing, month, on


class PayableFilter(forms.Form):
    """What to look for."""

    payee = forms.ChoiceField(label=_("To whom"), required=False, choices=[EVERY, *Payee.choices])
    by = DayField(label=_("Due by day"), required=False)


class Payables(Listing):
    """Open payables, the first due first; a claim of ours stands there with a minus."""

    template_name = "staff/payables.html"
    page_title = _("To pay")
    filters = PayableFilter
    columns = (
        _("Document"),
        _("Due on"),
        pgettext_lazy("payable", "When"),
        _("To whom"),
        _("Issuer"),
        pgettext_lazy("payable", "Funds"),
        _("Accepted in"),
        _("Sum"),
    )
    export_name = "payables"
    empty = _("Nothing is owed: every accepted purchase is paid.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = [row for row in open_payables() if _matches(row, wanted)]
        return [
            [
                Cell(row.number, url=reverse("staff:document", args=[row.document_id])),
                on(row.due_on) if row.due_on else Cell("–"),
                _when(row, today()),
                Cell(str(row.payee.label)),
                Cell(row.issuer_name),
                Cell(", ".join(row.fund_codes)),
                Cell(month(row.accepted_period)),
                Cell(minor=row.amount_minor),
            ]
            for row in found[offset : offset + limit]
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        total = sum(row.amount_minor for row in open_payables())
        return super().get_context_data(total=format_money(total), **kwargs)


def _matches(row: Payable, wanted: dict[str, Any]) -> bool:
    due = wanted["by"] is None or (row.due_on is not None and row.due_on <= wanted["by"])
    return due and wanted["payee"] in ("", row.payee)


def _when(row: Payable, day: dt.date) -> Cell:
    if row.amount_minor < 0:
        return Cell(str(_("owed to us")), state="claim")
    if row.due_on is None:
        return Cell(str(_("no day named")))
    return Cell(str(_("overdue")), state="overdue") if row.due_on < day else Cell(str(_("to come")), state="open")
