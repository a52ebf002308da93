"""The list of lots, and taking goods in."""

from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aid_packages import queries
from aid_packages.deliveries.models import Lot, Origin, ValueBasis
from aid_packages.deliveries.operations import lots as verbs
from aid_packages.deliveries.operations import refusals as of_help
from aid_packages.deliveries.queries import papers_of, stock_of
from aid_packages.deliveries.weeks import NoSuchWeek, week_of, week_text
from aid_packages.operations import refusals
from core.texts import in_language
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import MonthField, SumField
from shop.staff.filters import EVERY
from shop.staff.forms import ReasonForm
from shop.staff.goods.choices import UnitsField, WeekField, accepted_documents, every, goods, needs, region_choices
from shop.staff.tables import Cell, Listing, month


class LotForm(ReasonForm):
    """What every lot says."""

    item = forms.ChoiceField(label=pgettext_lazy("goods", "Item"), choices=goods)
    units = UnitsField(label=_("Units"))
    fund = forms.ChoiceField(label=_("For which need"), choices=needs)
    region = forms.ChoiceField(label=_("Stored in"), choices=region_choices)
    week = WeekField(label=_("Came in, week"))
    use_by = MonthField(label=_("Keeps until the end of"), required=False)
    errors_at = {
        of_help.UnknownItem: "item",
        of_help.BadUnits: "units",
        of_help.FutureWeek: "week",
        NoSuchWeek: "week",
        of_help.UnknownNeed: "fund",
        verbs.NoDocument: "document",
        verbs.OtherFund: "fund",
        verbs.OverDocument: "cost",
        verbs.BadUseBy: "use_by",
        refusals.NotPositive: "cost",
    }


class BoughtForm(LotForm):
    """A lot bought on a document."""

    document = forms.ChoiceField(label=_("Accepted document"), choices=accepted_documents)
    cost = SumField(label=_("What the lot cost, in zł"), help_text=_("Its part of the document's whole sum."))
    field_order = ("item", "units", "cost", "document")


class InKindForm(LotForm):
    """A lot that was given."""

    cost = SumField(
        label=_("Documented value, in zł"), help_text=_("It is shown beside the goods and counted as no money.")
    )
    basis = forms.ChoiceField(label=_("How the value is documented"), choices=ValueBasis.choices)
    field_order = ("item", "units", "cost", "basis")


class LotFilter(forms.Form):
    """What to look for."""

    name = forms.CharField(label=pgettext_lazy("goods", "Item"), required=False, max_length=60)
    fund = forms.ChoiceField(label=_("Need"), required=False, choices=lazy(lambda: every(needs()), list))
    region = forms.ChoiceField(label=_("Region"), required=False, choices=lazy(lambda: every(region_choices()), list))
    origin = forms.ChoiceField(label=_("Came how"), required=False, choices=[EVERY, *Origin.choices])


class Lots(Listing, ActPage):
    """All lots, the newest first."""

    page_title = _("Lots")
    filters = LotFilter
    columns = (
        _("Lot"),
        pgettext_lazy("goods", "Item"),
        _("Need"),
        _("Stored in"),
        _("Week"),
        _("Came how"),
        _("Cost or value"),
        _("Procured"),
        _("Free"),
        _("Reserved"),
        _("Gone"),
        _("Keeps until"),
    )
    export_name = "lots"
    lead = _("Reserved, free and gone always add up to what came in: the database refuses anything else.")
    empty = _("No lot yet. Take in what was bought on an accepted document, or what was given.")

    def acts(self) -> list[Act]:
        common: dict[str, Any] = {
            "done": _("Taken in."),
            "right": PREPARE,
            "initial": {"week": week_text(week_of(self.now))},
        }
        return [
            Act(name="buy", label=_("Take in bought goods"), do=self._buy, form=BoughtForm, **common),
            Act(name="receive", label=_("Take in a gift in kind"), do=self._receive, form=InKindForm, **common),
        ]

    def _buy(self, typed: dict[str, Any]) -> None:
        document_id = int(typed["document"])
        self._made = verbs.buy_lot(cost_minor=typed["cost"], document_id=document_id, **self._shared(typed))

    def _receive(self, typed: dict[str, Any]) -> None:
        basis = ValueBasis(typed["basis"])
        self._made = verbs.receive_in_kind(value_minor=typed["cost"], value_basis=basis, **self._shared(typed))

    def _shared(self, typed: dict[str, Any]) -> dict[str, Any]:
        return {
            "item_code": typed["item"],
            "units": typed["units"],
            "fund_code": typed["fund"],
            "region_code": typed["region"],
            "week": typed["week"],
            "use_by": typed["use_by"],
            "actor": self.actor,
            "reason": typed["reason"],
            "request_key": f"desk:{typed['request_key']}",
            "now": self.now,
        }

    def after(self, act: Act) -> str:
        return reverse("staff:lot", args=[self._made.pk])

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = Lot.objects.select_related("item", "region").order_by("-id")
        if name := wanted["name"].strip():
            by_title = Q(item__title__pl__icontains=name) | Q(item__title__en__icontains=name)
            found = found.filter(Q(item__code__icontains=name) | by_title)
        for field, column in (("fund", "fund_code"), ("region", "region__code"), ("origin", "origin")):
            if wanted[field]:
                found = found.filter(**{column: wanted[field]})
        shown = list(found[offset : offset + limit])
        ids = [lot.pk for lot in shown]
        stock, papers, titles = stock_of(lot_ids=ids), papers_of(lot_ids=ids), queries.fund_titles()
        return [
            [
                Cell(str(lot.pk), url=reverse("staff:lot", args=[lot.pk])),
                Cell(in_language(lot.item.title)),
                Cell(titles.get(lot.fund_code, lot.fund_code)),
                Cell(in_language(lot.region.title)),
                Cell(week_text(lot.week)),
                Cell(lot.get_origin_display()),
                Cell(minor=papers[lot.pk].cost_minor if lot.pk in papers else lot.cost_minor),
                *(Cell(str(getattr(stock[lot.pk], place))) for place in ("procured", "free", "reserved", "gone")),
                Cell(month(lot.use_by) if lot.use_by else ""),
            ]
            for lot in shown
        ]
