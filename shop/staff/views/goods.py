"""What is handed on or done: the list of items, and naming one."""

from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aid_packages.deliveries.models import AidItem, AidKind, Lot, Unit
from aid_packages.deliveries.operations import items as verbs
from aid_packages.deliveries.queries import stock_of
from core.texts import in_language
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import LineField
from shop.staff.filters import EVERY
from shop.staff.forms import ReasonForm
from shop.staff.tables import Cell, Listing


class ItemForm(ReasonForm):
    """A thing or a service, named for ever."""

    code = LineField(label=_("Code"), max_length=40, help_text=_("Like sleeping-bag. Lists that are imported use it."))
    kind = forms.ChoiceField(label=_("Kind"), choices=AidKind.choices)
    unit = forms.ChoiceField(label=_("Counted in"), choices=Unit.choices)
    title_pl = LineField(label=_("Name in Polish"), max_length=120)
    title_en = LineField(label=_("Name in English"), max_length=120)
    errors_at = {verbs.ItemTaken: "code", verbs.BadItemCode: "code", verbs.TitleMissing: "title_pl"}


class ItemFilter(forms.Form):
    """What to look for."""

    name = forms.CharField(label=_("Name or code"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[EVERY, *AidKind.choices])


class Goods(Listing, ActPage):
    """All items, with what of each lies in the store."""

    page_title = _("Goods and services")
    filters = ItemFilter
    columns = (
        pgettext_lazy("goods", "Item"),
        _("Code"),
        _("Kind"),
        _("Counted in"),
        _("Free"),
        _("Reserved"),
        _("Handed on"),
    )
    export_name = "goods"
    lead = _("Names and codes are kept for ever, since reports use them. A correction is a new item.")
    empty = _("No item yet. Name the first thing that you hand on.")

    def acts(self) -> list[Act]:
        return [
            Act(
                name="name",
                label=_("Name an item"),
                do=self._name,
                done=_("Named."),
                form=ItemForm,
                right=PREPARE,
            )
        ]

    def _name(self, typed: dict[str, Any]) -> None:
        verbs.name_item(
            code=typed["code"],
            kind=AidKind(typed["kind"]),
            unit=Unit(typed["unit"]),
            title_pl=typed["title_pl"],
            title_en=typed["title_en"],
            actor=self.actor,
            reason=typed["reason"],
            now=self.now,
        )

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = AidItem.objects.order_by("code")
        if wanted["kind"]:
            found = found.filter(kind=wanted["kind"])
        if name := wanted["name"].strip():
            by_title = Q(title__pl__icontains=name) | Q(title__en__icontains=name)
            found = found.filter(Q(code__icontains=name) | by_title)
        shown = list(found[offset : offset + limit])
        lots = list(Lot.objects.filter(item__in=shown).values_list("pk", "item_id"))
        stock = stock_of(lot_ids=[lot for lot, _item in lots])
        return [
            [
                Cell(in_language(item.title), url=reverse("staff:good", args=[item.pk])),
                Cell(item.code),
                Cell(item.get_kind_display()),
                Cell(item.get_unit_display()),
                *(
                    Cell(str(sum(getattr(stock[lot], place) for lot, of in lots if of == item.pk)))
                    for place in ("free", "reserved", "delivered")
                ),
            ]
            for item in shown
        ]
