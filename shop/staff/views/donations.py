"""Donations on the desk: found by number, receipt or exact address; given back in part or whole."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import TemplateResponseMixin

from core.periods import WARSAW
from core.trail import trail_of
from donors.queries import find_donor
from payments import operations, queries
from payments.models import Donation
from payments.states import DonationState
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.forms import LineField, ReasonForm, SumField
from shop.staff.tables import Cell, Listing


class DonationFilter(forms.Form):
    """How a donation is found. An address is not among them: it would stand in the browser's history."""

    receipt = LineField(label=_("Receipt number"), required=False, max_length=32)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("every")), *DonationState.choices])


class AddressForm(forms.Form):
    """The exact e-mail address of a donor who wrote to us. Sent in the body, never in an address."""

    email = forms.EmailField(label=_("The donor's exact e-mail address"), max_length=254)


class Donations(TemplateResponseMixin, Listing):
    """All donations, the newest first. A donor is a number here."""

    template_name = "staff/donations.html"
    page_title = _("Donations")
    filters = DonationFilter
    columns = (_("Donation"), _("Begun"), _("State"), _("Sum"), _("Given back"), _("Receipt"), _("Donor"))
    export_name = "donations"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.exported(request) or self._page(address_form=AddressForm(), **self.listed(request))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = AddressForm(request.POST)
        found = []
        if form.is_valid():
            donor_id = find_donor(email=form.cleaned_data["email"])
            found = cells(queries.donations_for_staff(donor_id=donor_id, limit=200)) if donor_id else []
        shown = {"columns": self.columns, "rows": found, "empty": _("No donation was given with this address.")}
        return self._page(address_form=form, searched=True, **shown)

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = queries.donations_for_staff(
            receipt_number=wanted.get("receipt") or None,
            states=[wanted["state"]] if wanted.get("state") else None,
            limit=limit,
            offset=offset,
        )
        return cells(found)

    def _page(self, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context))


def cells(found: list[queries.DonationRow]) -> list[list[Cell]]:
    """Donations as rows of a list."""
    return [
        [
            Cell(str(row.donation_id), url=reverse("staff:donation", args=[row.donation_id])),
            Cell(row.created_at.astimezone(WARSAW).strftime("%Y-%m-%d %H:%M")),
            Cell(str(row.state.label), state=row.state.value),
            Cell("", minor=row.gross_minor),
            Cell("", minor=row.refunded_minor),
            Cell(row.receipt_number or ""),
            Cell(str(row.donor_id)),
        ]
        for row in found
    ]


class RefundForm(ReasonForm):
    """How much goes back, and why."""

    amount = SumField(label=_("Sum to give back, in zł"))
    errors_at = {"OverRefund": "amount"}


class OneDonation(ActPage):
    """One donation: its lines, its receipt, what went back, and its trail."""

    template_name = "staff/donation.html"

    def acts(self) -> list[Act]:
        left = queries.refundable_of(donation_id=self._donation().pk)
        if not left:
            return []
        return [
            Act(
                "refund",
                str(_("Give back")),
                self._refund,
                str(_("It goes back to the donor, who is told.")),
                form=RefundForm,
                initial={"amount": f"{left // 100},{left % 100:02d}"},
                warning=str(_("The money leaves at once. The donor gets a mail.")),
                right=APPROVE,
            )
        ]

    def _refund(self, typed: dict[str, Any]) -> None:
        operations.refund_donation(
            donation_id=self._donation().pk,
            amount_minor=typed["amount"],
            reason=typed["reason"],
            actor=self.actor,
            request_key=f"staff:{typed['request_key']}",
            now=self.now,
        )

    def _donation(self) -> Donation:
        donation = Donation.objects.filter(pk=self.kwargs["donation_id"]).first()
        if donation is None:
            raise Http404
        return donation

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        donation = self._donation()
        row = queries.donations_for_staff(donation_id=donation.pk)[0]
        return super().get_context_data(
            donation=donation,
            row=row,
            lines=list(donation.lines.all()),
            refunds=queries.refunds_of(donation_id=donation.pk),
            left=queries.refundable_of(donation_id=donation.pk),
            trail=trail_of(subject=f"donation:{donation.pk}"),
            page_title=_("Donation %(number)s") % {"number": donation.pk},
            **kwargs,
        )


class Unmatched(ActPage):
    """Money that could not be placed: each can be given back."""

    template_name = "staff/unmatched.html"
    page_title = _("Unmatched money")
    rights = (PREPARE, APPROVE)

    def acts(self) -> list[Act]:
        return [
            Act(
                f"refund-{row.unmatched_id}",
                str(_("Give back")),
                self._give_back(row.unmatched_id),
                str(_("It goes back to where it came from.")),
                right=APPROVE,
            )
            for row in queries.unmatched_open()
            if row.left_minor
        ]

    def _give_back(self, unmatched_id: int) -> Any:
        def act(typed: dict[str, Any]) -> None:
            operations.refund_unmatched(
                unmatched_id=unmatched_id,
                reason=typed["reason"],
                actor=self.actor,
                request_key=f"staff:{typed['request_key']}",
                now=self.now,
            )

        return act

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offered = {one.act.name: one for one in kwargs.get("acts", [])}
        rows = [(row, offered.get(f"refund-{row.unmatched_id}")) for row in queries.unmatched_open()]
        return super().get_context_data(unmatched=rows, **kwargs)
