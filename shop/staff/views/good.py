"""One item: what packages plan for a unit of it, what it did cost, and where it lies."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from aid_packages.deliveries.models import AidItem, AidKind, Lot, PlannedCost
from aid_packages.deliveries.operations import items as verbs
from aid_packages.deliveries.queries import stock_of, unit_costs
from aid_packages.models import PackageItem
from core.texts import in_language
from core.trail import trail_of
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.forms import ReasonForm
from shop.staff.labels import trail_lines

EVER = {"stock_move": 2**62, "lot": 2**62, "planned_cost": 2**62, "last_period": 209912}
"""The desk reads what is there now: no mark, and nothing late."""


def package_lines() -> list[tuple[str, str]]:
    """The lines of all packages, each under its package and Polish title."""
    rows = PackageItem.objects.filter(kind__in=["goods", "service"]).select_related("package")
    return [
        (f"{row.package.sku}|{row.title['pl']}", f"{row.package.sku}: {in_language(row.title)}")
        for row in rows.order_by("package__sku", "position")
    ]


class TieForm(ReasonForm):
    """Which line of which package the item is."""

    line = forms.ChoiceField(label=_("Line of a package"), choices=package_lines)
    errors_at = {verbs.NoSuchPart: "line"}


class UntieForm(ReasonForm):
    """Which package it is no longer compared with."""

    sku = forms.ChoiceField(label=_("Package"))

    def __init__(self, *args: Any, skus: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sku"].choices = [(sku, sku) for sku in skus]


class OneGood(ActPage):
    """One item."""

    template_name = "staff/good.html"

    def acts(self) -> list[Act]:
        tie = Act(
            name="tie",
            label=_("Tie it to a package"),
            do=self._tie,
            done=_("Tied: planned and actual cost stand side by side."),
            form=TieForm,
            note=_("What the package plans for a unit is kept as it stands, and again whenever something is bought."),
            right=PREPARE,
        )
        skus = self._tied()
        if not skus:
            return [tie]
        untie = Act(
            name="untie",
            label=_("Untie it"),
            do=self._untie,
            done=_("Untied."),
            form=lambda *args, **kwargs: UntieForm(*args, skus=skus, **kwargs),
            right=PREPARE,
        )
        return [tie, untie]

    def _tie(self, typed: dict[str, Any]) -> None:
        sku, _bar, part = typed["line"].partition("|")
        facts = {"actor": self.actor, "reason": typed["reason"], "now": self.now}
        verbs.tie_to_package(item=self._item(), sku=sku, part=part, **facts)

    def _untie(self, typed: dict[str, Any]) -> None:
        verbs.untie(item=self._item(), sku=typed["sku"], actor=self.actor, reason=typed["reason"], now=self.now)

    def _tied(self) -> list[str]:
        latest = {row.sku: row for row in PlannedCost.objects.filter(item_id=self.kwargs["item_id"]).order_by("id")}
        return sorted(sku for sku, row in latest.items() if row.unit_cost_minor is not None)

    def _item(self) -> AidItem:
        item = AidItem.objects.filter(pk=self.kwargs["item_id"]).first()
        if item is None:
            raise Http404
        return item

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item = self._item()
        lots = list(Lot.objects.filter(item=item).select_related("region").order_by("-id"))
        stock = stock_of(lot_ids=[lot.pk for lot in lots])
        costs = unit_costs(first_period=0, last_period=209912, upto=EVER)
        latest = {row.sku: row for row in PlannedCost.objects.filter(item=item).order_by("id")}
        return super().get_context_data(
            item=item,
            title=in_language(item.title),
            is_goods=item.kind == AidKind.GOODS,
            lots=[(lot, stock[lot.pk], in_language(lot.region.title)) for lot in lots],
            costs=[row for row in costs if row.item_code == item.code],
            planned=[row for row in latest.values() if row.unit_cost_minor is not None],
            trail=trail_lines(trail_of(subject=f"aid_item:{item.pk}")),
            page_title=in_language(item.title),
            **kwargs,
        )
