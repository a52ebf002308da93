"""What can be otherwise about a monthly gift: the fields that the donor's page and the desk share."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from aid_packages.queries.targets import FreeTarget, TargetGroup
from core.money import format_money
from payments.fee import cover_fee_for
from payments.monthly_states import Interval, ReceiptPolicy
from payments.operations import FrozenLine
from payments.queries import PageLine
from payments.queries.monthly import MonthlyRow
from shop.forms.fields import AmountField, QuantityField
from shop.forms.monthly_days import day_choices

AS_NOW = ""


class MonthlyChangeForm(forms.Form):
    """Sum, need, interval, day and covered fee. Packages have their quantities, and may give way to a sum.

    Nothing typed is trusted for a sum: the server counts, and the page afterwards says what was read back. Each other day
    says the date on which the gift would begin on it.
    """

    sum = AmountField(label=_("Sum of each gift"), widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    need = forms.ChoiceField(label=_("What it is for"), required=False)
    interval = forms.ChoiceField(label=_("How often"), choices=Interval.choices, widget=forms.RadioSelect)
    day = forms.TypedChoiceField(
        label=_("Day of the month"),
        help_text=_("In a month that lacks this day it is taken on the last one."),
        coerce=int,
    )
    cover_fee = forms.BooleanField(required=False, label=_("Also cover the cost of each payment"))
    receipts = forms.ChoiceField(
        label=_("Which confirmations are mailed"), choices=ReceiptPolicy.choices, widget=forms.RadioSelect
    )

    def __init__(
        self,
        *args: Any,
        row: MonthlyRow,
        now: datetime,
        needed_most: FreeTarget,
        groups: Sequence[TargetGroup],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial=_initial(row) | kwargs.pop("initial", {}), **kwargs)
        self.row = row
        self.targets = {target.code: target for target in _all(needed_most, groups)}
        self.packages = len(row.lines) > 1 or any(line.quantity > 1 for line in row.lines)
        self.fields["need"].choices = _choices(row, needed_most, groups, packages=self.packages)
        self.fields["day"].choices = day_choices(row=row, now=now)
        self.fields["cover_fee"].help_text = _t("About %(fee)s at the present sum. It is part of your donation.") % {
            "fee": format_money(cover_fee_for(total_minor=row.lines_minor))
        }
        if self.packages:
            self.fields["sum"].required = False
            self.fields["sum"].help_text = _t("Only if you choose to give a sum instead of the packages.")
            for place, line in enumerate(row.lines):
                self.fields[_quantity(place)] = QuantityField(
                    zero=True, label=line.title, initial=line.quantity, widget=forms.NumberInput(attrs={"min": 0})
                )

    def quantities(self) -> list[forms.BoundField]:
        """The fields of the packages, in their order."""
        return [self[_quantity(place)] for place in range(len(self.row.lines))] if self.packages else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors or not self.packages:
            return data
        if data["need"] != AS_NOW and data.get("sum") is None:
            self.add_error("sum", _("Type the sum that you want to give instead of the packages."))
        if data["need"] == AS_NOW and not any(data[_quantity(place)] for place in range(len(self.row.lines))):
            self.add_error(_quantity(0), _("Keep at least one package, choose a sum instead, or end the gift."))
        return data

    def lines(self) -> list[FrozenLine] | None:
        """What is to be given each time, or None when that stays (of a form that is valid)."""
        data = self.cleaned_data
        if data["need"] != AS_NOW:
            wanted = [_free_line(self.targets[data["need"]], minor=data["sum"] or self.row.lines_minor)]
        elif self.packages:
            pairs = [(line, data[_quantity(place)]) for place, line in enumerate(self.row.lines)]
            wanted = [_same_line(line, quantity=quantity) for line, quantity in pairs if quantity]
        else:
            wanted = [_same_line(self.row.lines[0], quantity=1, unit_minor=data["sum"])]
        return None if wanted == [_same_line(line, quantity=line.quantity) for line in self.row.lines] else wanted

    def changes(self) -> dict[str, Any]:
        """Everything that is to be otherwise, as `change_terms` takes it; None for what stays."""
        data, row = self.cleaned_data, self.row
        return {
            "lines": self.lines(),
            "interval": Interval(data["interval"]) if data["interval"] != row.interval else None,
            "day": data["day"] if data["day"] != row.day else None,
            "cover_fee": data["cover_fee"] if data["cover_fee"] != bool(row.cover_fee_minor) else None,
        }


def typed_sum(minor: int) -> str:
    """A sum in grosze as somebody would type it."""
    whole, rest = divmod(minor, 100)
    return f"{whole},{rest:02}" if rest else str(whole)


def _initial(row: MonthlyRow) -> dict[str, Any]:
    single = len(row.lines) == 1 and row.lines[0].quantity == 1
    typed = typed_sum(row.lines_minor) if single else ""
    return {
        "sum": typed,
        "need": AS_NOW,
        "interval": row.interval.value,
        "day": row.day,
        "cover_fee": bool(row.cover_fee_minor),
        "receipts": row.receipt_policy.value,
    }


def _quantity(place: int) -> str:
    return f"quantity_{place}"


def _all(needed_most: FreeTarget, groups: Iterable[TargetGroup]) -> list[FreeTarget]:
    return [needed_most, *(target for group in groups for target in (group.area, *group.needs))]


def _choices(
    row: MonthlyRow, needed_most: FreeTarget, groups: Sequence[TargetGroup], *, packages: bool
) -> list[tuple[str, Any]]:
    as_now = _t("As now: the packages above") if packages else _t("As now: %(title)s") % {"title": row.lines[0].title}
    grouped = [
        (group.area.title, [(target.code, target.title) for target in (group.area, *group.needs)]) for group in groups
    ]
    return [(AS_NOW, as_now), (needed_most.code, needed_most.title), *grouped]


def _free_line(target: FreeTarget, *, minor: int) -> FrozenLine:
    return FrozenLine(
        title=target.title, fund_code=target.fund_code, unit_minor=minor, quantity=1, fallback=target.fallback
    )


def _same_line(line: PageLine, *, quantity: int, unit_minor: int | None = None) -> FrozenLine:
    return FrozenLine(
        title=line.title,
        fund_code=line.fund_code,
        unit_minor=unit_minor or line.unit_minor,
        quantity=quantity,
        fallback=line.fallback,
    )
