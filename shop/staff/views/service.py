"""One service performed, and taking it back when it was wrong."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.deliveries.models import Service
from aid_packages.deliveries.operations import services as verbs
from aid_packages.deliveries.weeks import week_text
from core.texts import in_language
from core.trail import trail_of
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.labels import trail_lines


class OneService(ActPage):
    """One service."""

    template_name = "staff/service.html"

    def acts(self) -> list[Act]:
        service = self._service()
        if service.counters_id is not None or hasattr(service, "taken_back"):
            return []
        return [
            Act(
                name="take_back",
                label=_("Take this service back"),
                do=self._take_back,
                done=_("Taken back by a second row; the first one stays."),
                warning=_("For a service that was entered wrongly. Enter it anew afterwards."),
                right=PREPARE,
            )
        ]

    def _take_back(self, typed: dict[str, Any]) -> None:
        facts = {"actor": self.actor, "reason": typed["reason"], "now": self.now}
        verbs.take_back_service(service_id=self.kwargs["service_id"], **facts)

    def _service(self) -> Service:
        rows = Service.objects.select_related("item", "region", "allocation", "taken_back", "counters")
        service = rows.filter(pk=self.kwargs["service_id"]).first()
        if service is None:
            raise Http404
        return service

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        service = self._service()
        return super().get_context_data(
            service=service,
            back=getattr(service, "taken_back", None),
            title=in_language(service.item.title),
            need=queries.fund_titles().get(service.fund_code, service.fund_code),
            region=in_language(service.region.title),
            week=week_text(service.week),
            trail=trail_lines(trail_of(subject=f"service:{service.counters_id or service.pk}")),
            page_title=_("Service no. %(number)s") % {"number": service.pk},
            **kwargs,
        )
