"""Donations on the desk: found by number, receipt, day, state, or the donor's exact address."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from donors.queries import find_donor
from payments import queries
from payments.states import DonationState
from shop.staff.fields import LineField
from shop.staff.filters import EVERY, DaysFilter, begin_of, end_of
from shop.staff.tables import Cell, Listing, at

LARGEST_ID = 2**63 - 1


class DonationFilter(DaysFilter):
    """How donations are found. An address is not among them: it would stand in the browser's history."""

    receipt = LineField(label=_("Receipt number"), required=False, max_length=32)
    donor = forms.IntegerField(
        label=_("Donor's number"), required=False, min_value=1, max_value=LARGEST_ID, widget=forms.TextInput
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *DonationState.choices])
    field_order = ("receipt", "donor", "state")


class AddressForm(forms.Form):
    """The exact e-mail address of a donor who wrote to us. Sent in the body, never in an address."""

    email = forms.EmailField(label=_("The donor's exact e-mail address"), max_length=254)


class Donations(Listing):
    """All donations, the newest first. A donor is a number here."""

    template_name = "staff/donations.html"
    page_title = _("Donations")
    filters = DonationFilter
    columns = (_("Donation"), _("Begun"), _("State"), _("Sum"), _("Given back"), _("Receipt"), _("Donor"))
    export_name = "donations"
    empty = _("No donation yet. Each one stands here as soon as somebody begins to give.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Looks the address up, and leads on to the list of the donor's number."""
        form = AddressForm(request.POST)
        if not form.is_valid():
            return self.page(status=422, address_form=form)
        donor_id = find_donor(email=form.cleaned_data["email"])
        if donor_id is None:
            form.add_error("email", _("No donation was given with this address."))
            return self.page(status=422, address_form=form)
        return HttpResponseRedirect(f"{request.path}?donor={donor_id}")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = queries.donations_for_staff(
            receipt_number=wanted["receipt"] or None,
            donor_id=wanted["donor"],
            states=[wanted["state"]] if wanted["state"] else None,
            since=begin_of(wanted["since"]),
            until=end_of(wanted["until"]),
            limit=limit,
            offset=offset,
        )
        return [
            [
                Cell(str(row.donation_id), url=reverse("staff:donation", args=[row.donation_id])),
                at(row.created_at),
                Cell(str(row.state.label), state=row.state.value),
                Cell(minor=row.gross_minor, currency=row.currency),
                Cell(minor=row.refunded_minor, currency=row.currency),
                Cell(row.receipt_number or ""),
                Cell(str(row.donor_id), url=f"?donor={row.donor_id}"),
            ]
            for row in found
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"address_form": AddressForm(), **kwargs})
