"""The list of partners, with the agreement in force and what they have to account for."""

from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aid_packages.models import Partner
from aid_packages.queries import AgreementRow, agreements, with_partners
from shop.staff.fields import LineField, today
from shop.staff.filters import EVERY
from shop.staff.tables import Cell, Listing, on

IN_FORCE, WITHOUT = "in_force", "without"


class PartnerFilter(forms.Form):
    """What to look for."""

    words = LineField(label=_("Words of its name or code"), required=False, max_length=100)
    agreement = forms.ChoiceField(
        label=_("Agreement"),
        required=False,
        choices=[EVERY, (IN_FORCE, _("in force")), (WITHOUT, _("none in force"))],
    )


class Partners(Listing):
    """All partners by name."""

    page_title = _("Partners")
    filters = PartnerFilter
    columns = (
        _("Partner"),
        _("Code"),
        _("Agreement"),
        _("In force until"),
        _("Areas"),
        _("May be named"),
        _("Not yet accounted for"),
    )
    export_name = "partners"
    empty = _("No partner yet. They come with the catalogue file.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        held: dict[str, int] = {}
        for one in with_partners():
            held[one.partner_code] = held.get(one.partner_code, 0) + one.unsettled_minor
        standing = in_force_by_partner()
        found = Partner.objects.order_by("name", "pk")
        if wanted["words"]:
            found = found.filter(Q(name__icontains=wanted["words"]) | Q(code__icontains=wanted["words"]))
        if wanted["agreement"]:
            has = Q(code__in=list(standing))
            found = found.filter(has if wanted["agreement"] == IN_FORCE else ~has)
        named = {row.partner_code: row.may_be_named for row in reversed(agreements())}
        return [
            _row(row, standing.get(row.code), held.get(row.code, 0), named.get(row.code, False))
            for row in found[offset : offset + limit]
        ]


def in_force_by_partner() -> dict[str, AgreementRow]:
    """Partner code -> the agreement in force today that ends last."""
    day = today()
    rows = [row for row in agreements() if max(row.first_day, row.signed_on) <= day <= row.last_day]
    return {row.partner_code: row for row in sorted(rows, key=lambda row: row.last_day)}


def _row(partner: Partner, agreement: AgreementRow | None, held: int, named: bool) -> list[Cell]:
    return [
        Cell(partner.name, url=reverse("staff:partner", args=[partner.pk])),
        Cell(partner.code),
        Cell(agreement.number) if agreement else Cell(str(_("none in force")), state="overdue"),
        on(agreement.last_day) if agreement else Cell("–"),
        Cell(", ".join(agreement.areas) if agreement else ""),
        Cell(str(_("yes") if named else _("no"))),
        Cell(minor=held),
    ]
