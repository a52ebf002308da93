"""The list of deliveries, and recording one."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aid_packages import queries
from aid_packages.deliveries.models import Delivery
from aid_packages.deliveries.operations import deliveries as verbs
from aid_packages.deliveries.operations import refusals as of_help
from aid_packages.deliveries.weeks import week_text
from aid_packages.models import Allocation
from core.texts import in_language
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.forms import ReasonForm
from shop.staff.goods.choices import (
    NONE,
    UnitsField,
    WeekField,
    envelopes,
    every,
    goods,
    last_week,
    needs,
    region_choices,
)
from shop.staff.tables import Cell, Listing

LINES = 4
"""Items that one form takes; more come by import."""


class WhereForm(ReasonForm):
    """Where, when and for how many: as coarse as it is kept."""

    fund = forms.ChoiceField(label=_("For which need"), choices=needs)
    region = forms.ChoiceField(label=_("Region"), choices=region_choices)
    week = WeekField(label=_("Week"))
    people = UnitsField(
        label=_("People reached"),
        required=False,
        help_text=_("Only where somebody really counted them; else leave it empty."),
    )
    nationalities = UnitsField(label=_("Nationalities among them"), required=False, help_text=_("Only where counted."))
    allocation = forms.ChoiceField(label=_("Allocation"), required=False, choices=envelopes)
    errors_at = {
        of_help.UnknownNeed: "fund",
        of_help.UnknownRegion: "region",
        of_help.WeekNotOver: "week",
        of_help.BadPeople: "people",
        Allocation.DoesNotExist: "allocation",
    }


class DeliveryForm(WhereForm):
    """What was handed on, of up to four items."""

    errors_at = {**WhereForm.errors_at, verbs.NothingHanded: "item-1", of_help.NotEnough: "units-1"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [NONE, *goods()]
        for line in range(1, LINES + 1):
            needed = line == 1
            item, units = _("Item, line %(number)s") % {"number": line}, _("Units, line %(number)s") % {"number": line}
            self.fields[f"item-{line}"] = forms.ChoiceField(label=item, choices=choices, required=needed)
            self.fields[f"units-{line}"] = UnitsField(label=units, required=needed)
        what = [name for name in self.fields if name.startswith(("item-", "units-"))]
        self.order_fields([*what, *(name for name in self.fields if name not in (*what, "reason"))])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for line in range(2, LINES + 1):
            if bool(cleaned.get(f"item-{line}")) != bool(cleaned.get(f"units-{line}")):
                self.add_error(f"units-{line}", _("Name both the item and its units, or neither."))
        return cleaned


def handed(typed: dict[str, Any]) -> Iterator[verbs.Handed]:
    """The lines that were filled in."""
    for line in range(1, LINES + 1):
        if typed[f"item-{line}"]:
            yield verbs.Handed(typed[f"item-{line}"], typed[f"units-{line}"])


def where(typed: dict[str, Any]) -> dict[str, Any]:
    """Need, region, week and people as an operation takes them."""
    return {
        "fund_code": typed["fund"],
        "region_code": typed["region"],
        "week": typed["week"],
        "people": typed["people"],
        "nationalities": typed["nationalities"],
        "allocation_id": int(typed["allocation"]) if typed["allocation"] else None,
    }


class HelpFilter(forms.Form):
    """What to look for."""

    name = forms.CharField(label=pgettext_lazy("goods", "Item"), required=False, max_length=60)
    fund = forms.ChoiceField(label=_("Need"), required=False, choices=lazy(lambda: every(needs()), list))
    region = forms.ChoiceField(label=_("Region"), required=False, choices=lazy(lambda: every(region_choices()), list))
    first = WeekField(label=_("From week"), required=False, help_text="")
    last = WeekField(label=_("To week"), required=False, help_text="")


def narrowed(found: Any, wanted: dict[str, Any], *, item: str) -> Any:
    """The rows that match the filter; `item` is the way to the item."""
    if name := wanted["name"].strip():
        by_title = Q(**{f"{item}__title__pl__icontains": name}) | Q(**{f"{item}__title__en__icontains": name})
        found = found.filter(Q(**{f"{item}__code__icontains": name}) | by_title).distinct()
    conditions = {"fund": "fund_code", "region": "region__code", "first": "week__gte", "last": "week__lte"}
    for field, column in conditions.items():
        if wanted[field]:
            found = found.filter(**{column: wanted[field]})
    return found


class Deliveries(Listing, ActPage):
    """All deliveries, the newest first."""

    page_title = _("Deliveries")
    filters = HelpFilter
    columns = (
        _("Delivery"),
        _("Week"),
        _("Region"),
        _("Need"),
        _("Handed on"),
        _("People"),
        _("Nationalities"),
        _("State"),
    )
    export_name = "deliveries"
    lead = _("A week and a region: nothing finer is asked for, and there is no place where it could be kept.")
    empty = _("No delivery yet. Record one when its week is over.")

    def acts(self) -> list[Act]:
        return [
            Act(
                name="record",
                label=_("Record a delivery"),
                do=self._record,
                done=_("Recorded."),
                form=DeliveryForm,
                initial={"week": last_week(self.now)},
                right=PREPARE,
            )
        ]

    def _record(self, typed: dict[str, Any]) -> None:
        self._made = verbs.record_delivery(
            **where(typed),
            handed=list(handed(typed)),
            actor=self.actor,
            reason=typed["reason"],
            request_key=f"desk:{typed['request_key']}",
            now=self.now,
        )

    def after(self, act: Act) -> str:
        return reverse("staff:delivery", args=[self._made.pk])

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = Delivery.objects.filter(counters=None).select_related("region", "taken_back")
        found = narrowed(found, wanted, item="moves__lot__item").order_by("-week", "-id")
        titles = queries.fund_titles()
        return [
            [
                Cell(str(row.pk), url=reverse("staff:delivery", args=[row.pk])),
                Cell(week_text(row.week)),
                Cell(in_language(row.region.title)),
                Cell(titles.get(row.fund_code, row.fund_code)),
                Cell(what_was_handed(row)),
                Cell(str(row.people or "")),
                Cell(str(row.nationalities or "")),
                state_cell(row),
            ]
            for row in found.prefetch_related("moves__lot__item")[offset : offset + limit]
        ]


def what_was_handed(delivery: Delivery) -> str:
    """ "3 × Sleeping bag, 2 × Foil blanket" """
    sums: dict[str, int] = {}
    for move in delivery.moves.all():
        title = in_language(move.lot.item.title)
        sums[title] = sums.get(title, 0) + move.units
    return ", ".join(f"{units} × {title}" for title, units in sorted(sums.items()))


def state_cell(row: Any) -> Cell:
    """Whether it stands."""
    if hasattr(row, "taken_back"):
        return Cell(str(_("Taken back")), state="rejected")
    return Cell(str(_("Stands")), state="accepted")
