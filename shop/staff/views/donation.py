"""One donation: its lines, its receipt, what went back; who gave it, for those who must know, and never unnoticed."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from core.models import TrailEntry
from donors import staff_view
from donors.queries import donor_label
from donors.vault import ContactDetails
from payments import operations, queries
from payments.models import Donation
from shop.staff.access import APPROVE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import SumField
from shop.staff.forms import ReasonForm
from shop.staff.labels import trail_lines


class RefundForm(ReasonForm):
    """How much goes back, and why."""

    amount = SumField(label=_("Sum to give back, in zł"))
    errors_at = {operations.OverRefund: "amount", operations.NothingToRefund: "amount"}


class OneDonation(ActPage):
    """One donation, with what can be done about it."""

    template_name = "staff/donation.html"
    contact: ContactDetails | None = None
    """Who gave it: on the answer to somebody's asking, and on no other page."""

    def acts(self) -> list[Act]:
        donation = self._donation()
        left = queries.refundable_of(donation_id=donation.pk)
        acts = [self._refunding(left)] if left else []
        reveal = Act(
            name="reveal",
            label=_("See who the donor is"),
            do=self._reveal,
            done="",
            note=_("Only as far as their question or the law needs it. That you looked, and why, stays in the trail."),
            right=staff_view.PERMISSION,
            shows=True,
        )
        return [*acts, reveal]

    def _refunding(self, left: int) -> Act:
        return Act(
            name="refund",
            label=_("Give back"),
            do=self._refund,
            done=_("It goes back to the donor, who is told."),
            form=RefundForm,
            initial={"amount": f"{left // 100},{left % 100:02d}"},
            warning=_("The money leaves at once. The donor gets a mail."),
            right=APPROVE,
        )

    def _refund(self, typed: dict[str, Any]) -> None:
        operations.refund_donation(
            donation_id=self.kwargs["donation_id"],
            amount_minor=typed["amount"],
            reason=typed["reason"],
            actor=self.actor,
            request_key=f"desk:{typed['request_key']}",
            now=self.now,
        )

    def _reveal(self, typed: dict[str, Any]) -> None:
        self.contact = staff_view.reveal_contact(
            donor_id=self._donation().donor_id, actor=self.actor, reason=typed["reason"], now=self.now
        )

    def _donation(self) -> Donation:
        donation = Donation.objects.filter(pk=self.kwargs["donation_id"]).first()
        if donation is None:
            raise Http404
        return donation

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        donation = self._donation()
        subjects = [f"donation:{donation.pk}", f"donor:{donation.donor_id}"]
        acts = TrailEntry.objects.filter(subject__in=subjects)
        return super().get_context_data(
            donation=donation,
            row=queries.donations_for_staff(donation_id=donation.pk)[0],
            lines=list(donation.lines.all()),
            refunds=queries.refunds_of(donation_id=donation.pk),
            left=queries.refundable_of(donation_id=donation.pk),
            donor=donor_label(donor_id=donation.donor_id),
            contact=self.contact,
            trail=trail_lines(acts.select_related("actor").order_by("id")),
            page_title=_("Donation %(number)s") % {"number": donation.pk},
            **kwargs,
        )
