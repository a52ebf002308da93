"""The list of services performed, and recording one."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.deliveries.models import Service
from aid_packages.deliveries.operations import refusals as of_help
from aid_packages.deliveries.operations import services as verbs
from aid_packages.deliveries.weeks import week_text
from core.texts import in_language
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.goods.choices import UnitsField, last_week, services
from shop.staff.tables import Cell, Listing
from shop.staff.views.deliveries import HelpFilter, WhereForm, narrowed, state_cell, where


class ServiceForm(WhereForm):
    """What was done."""

    item = forms.ChoiceField(label=_("Service"), choices=services)
    units = UnitsField(label=_("How many"))
    field_order = ("item", "units")
    errors_at = {**WhereForm.errors_at, of_help.UnknownItem: "item", of_help.BadUnits: "units"}


class Services(Listing, ActPage):
    """All services performed, the newest first."""

    page_title = _("Services performed")
    filters = HelpFilter
    columns = (
        _("Service no."),
        _("Week"),
        _("Region"),
        _("Need"),
        _("What"),
        _("Units"),
        _("People"),
        _("Nationalities"),
        _("State"),
    )
    export_name = "services"
    lead = _("A week and a region: nothing finer is asked for, and there is no place where it could be kept.")
    empty = _("No service yet. Record what was done when its week is over.")

    def acts(self) -> list[Act]:
        return [
            Act(
                name="record",
                label=_("Record a service"),
                do=self._record,
                done=_("Recorded."),
                form=ServiceForm,
                initial={"week": last_week(self.now)},
                right=PREPARE,
            )
        ]

    def _record(self, typed: dict[str, Any]) -> None:
        self._made = verbs.record_service(
            item_code=typed["item"],
            units=typed["units"],
            **where(typed),
            actor=self.actor,
            reason=typed["reason"],
            request_key=f"desk:{typed['request_key']}",
            now=self.now,
        )

    def after(self, act: Act) -> str:
        return reverse("staff:service", args=[self._made.pk])

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = Service.objects.filter(counters=None).select_related("item", "region", "taken_back")
        found = narrowed(found, wanted, item="item").order_by("-week", "-id")
        titles = queries.fund_titles()
        return [
            [
                Cell(str(row.pk), url=reverse("staff:service", args=[row.pk])),
                Cell(week_text(row.week)),
                Cell(in_language(row.region.title)),
                Cell(titles.get(row.fund_code, row.fund_code)),
                Cell(in_language(row.item.title)),
                Cell(str(row.units)),
                Cell(str(row.people or "")),
                Cell(str(row.nationalities or "")),
                state_cell(row),
            ]
            for row in found[offset : offset + limit]
        ]
