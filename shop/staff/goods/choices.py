"""What the forms on goods and services offer to choose from."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.deliveries.models import AidItem, AidKind
from aid_packages.deliveries.operations.imports import CellReason
from aid_packages.deliveries.operations.imports.cells import week as read_week
from aid_packages.deliveries.operations.imports.refusals import CellRefused
from aid_packages.deliveries.weeks import week_of, week_text
from aid_packages.models import Allocation, AllocationState, DocumentState, SpendingDocument
from core.money import format_money
from core.texts import in_language
from ledger.accounts import ADMIN
from shop.staff.filters import EVERY

NONE = ("", "–")
MOST_DOCUMENTS = 200


def needs() -> list[tuple[str, str]]:
    """The funds that help is given for, by title."""
    titles = sorted(queries.fund_titles().items(), key=lambda item: item[1])
    return [(code, title) for code, title in titles if code != ADMIN]


def region_choices() -> list[tuple[str, str]]:
    """The fixed list of regions."""
    return list(queries.region_titles().items())


def goods() -> list[tuple[str, str]]:
    """Things, by title."""
    return _items(AidKind.GOODS)


def services() -> list[tuple[str, str]]:
    """Services, by title."""
    return _items(AidKind.SERVICE)


def _items(kind: AidKind) -> list[tuple[str, str]]:
    rows = [(item.code, in_language(item.title)) for item in AidItem.objects.filter(kind=kind)]
    return sorted(rows, key=lambda item: item[1])


def accepted_documents() -> list[tuple[str, str]]:
    """The newest accepted documents; of one that was corrected its newest correction."""
    known = SpendingDocument.objects.filter(state=DocumentState.ACCEPTED)
    own = Coalesce("corrects_id", "pk")
    later = known.filter(corrects=OuterRef("whole"), entry__gt=OuterRef("entry"))
    rows = known.annotate(whole=own).exclude(Exists(later)).select_related("corrects").order_by("-id")
    return [(str(row.pk), _on_paper(row)) for row in rows[:MOST_DOCUMENTS]]


def _on_paper(row: SpendingDocument) -> str:
    """A document by its number, issuer and sum; a correction with the number of what it corrects, and its difference."""
    number = f"{row.corrects.number} + {row.number}" if row.corrects else row.number
    return f"{number}, {row.issuer_name}, {format_money(row.total_minor)}"


def envelopes() -> list[tuple[str, str]]:
    """No allocation, or one of those that are approved."""
    rows = Allocation.objects.filter(state=AllocationState.APPROVED).order_by("-id")
    return [NONE, *((str(row.pk), f"{row.pk}: {row.fund_code}, {row.purpose}"[:80]) for row in rows)]


def every(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same for a filter."""
    return [EVERY, *choices]


def last_week(now: dt.datetime) -> str:
    """The last week that is over, as it is typed."""
    return week_text(week_of(now - dt.timedelta(days=7)))


class WeekField(forms.CharField):
    """A week typed like 2026-W41; cleaned to 202641, None where it may stay empty and does."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        kwargs.setdefault("help_text", _("Like 2026-W41. No day is kept."))
        super().__init__(max_length=10, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return read_week(typed)
        except CellRefused as wrong:
            raise ValidationError(CellReason.NOT_A_WEEK.label) from wrong


class UnitsField(forms.IntegerField):
    """A whole number of units or people."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        kwargs = {"widget": widget, "min_value": 1, "max_value": 1_000_000} | kwargs
        super().__init__(error_messages={"invalid": CellReason.NOT_WHOLE.label}, **kwargs)
