"""One delivery: what was handed on, and taking it back when it was wrong."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.deliveries.models import Delivery
from aid_packages.deliveries.operations import deliveries as verbs
from aid_packages.deliveries.weeks import week_text
from core.texts import in_language
from core.trail import trail_of
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.labels import trail_lines


class OneDelivery(ActPage):
    """One delivery."""

    template_name = "staff/delivery.html"

    def acts(self) -> list[Act]:
        delivery = self._delivery()
        if delivery.counters_id is not None or hasattr(delivery, "taken_back"):
            return []
        return [
            Act(
                name="take_back",
                label=_("Take this delivery back"),
                do=self._take_back,
                done=_("Taken back by a second row; the first one stays."),
                warning=_("For a delivery that was entered wrongly. Its goods are in the store again; enter it anew."),
                right=PREPARE,
            )
        ]

    def _take_back(self, typed: dict[str, Any]) -> None:
        facts = {"actor": self.actor, "reason": typed["reason"], "now": self.now}
        verbs.take_back_delivery(delivery_id=self.kwargs["delivery_id"], **facts)

    def _delivery(self) -> Delivery:
        rows = Delivery.objects.select_related("region", "allocation", "taken_back", "counters")
        delivery = rows.filter(pk=self.kwargs["delivery_id"]).first()
        if delivery is None:
            raise Http404
        return delivery

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        delivery = self._delivery()
        moves = delivery.moves.select_related("lot__item").order_by("id")
        return super().get_context_data(
            delivery=delivery,
            back=getattr(delivery, "taken_back", None),
            need=queries.fund_titles().get(delivery.fund_code, delivery.fund_code),
            region=in_language(delivery.region.title),
            week=week_text(delivery.week),
            moves=[(move, in_language(move.lot.item.title)) for move in moves],
            trail=trail_lines(trail_of(subject=f"delivery:{delivery.counters_id or delivery.pk}")),
            page_title=_("Delivery %(number)s") % {"number": delivery.pk},
            **kwargs,
        )
