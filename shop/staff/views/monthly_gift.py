"""One monthly gift: how it stands, what failed, what was done, and what staff may do on the donor's behalf."""

from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from core.models import TrailEntry
from donors.operations import resend_sign_in
from donors.queries import donor_label
from payments.queries.monthly import MonthlyPage, monthly_gift_for_staff
from shop.staff.acts import Act, ActPage
from shop.staff.labels import trail_lines
from shop.staff.monthly import GiftActs


class OneMonthlyGift(ActPage):
    """One monthly gift, with what can be done about it."""

    template_name = "staff/monthly_gift.html"

    @cached_property
    def found(self) -> MonthlyPage:
        """The gift as it stood when the page was asked for."""
        found = monthly_gift_for_staff(gift_id=self.kwargs["gift_id"], now=self.now)
        if found is None:
            raise Http404
        return found

    def acts(self) -> list[Act]:
        resend = Act(
            name="resend",
            label=_("Send the donor a link to sign in"),
            do=self._resend,
            done=_("It goes to the donor's own address, and to no other."),
            note=_("For somebody who can't find the mail. It can't be sent anywhere else."),
        )
        return [*GiftActs(row=self.found.row, actor=self.actor, now=self.now).possible(), resend]

    def _resend(self, typed: dict[str, Any]) -> None:
        resend_sign_in(donor_id=self.found.row.donor_id, actor=self.actor, reason=typed["reason"], now=self.now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.found.row
        trail = TrailEntry.objects.filter(subject=f"monthly_gift:{row.gift_id}").select_related("actor")
        return super().get_context_data(
            row=row,
            gifts=self.found.gifts,
            past_acts=self.found.acts,
            donor=donor_label(donor_id=row.donor_id),
            trail=trail_lines(trail.order_by("id")),
            page_title=_("Monthly gift %(number)s") % {"number": row.gift_id},
            **kwargs,
        )
