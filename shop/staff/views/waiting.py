"""The desk opens on what waits."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from aid_packages.models import Allocation, AllocationState, DocumentState, Purchase, SpendingDocument
from payments import queries as payments
from shop.staff.access import Desk
from transparency.models import Report, ReportState

MOST = 20
REPORTS_THAT_WAIT = (ReportState.IN_REVIEW, ReportState.BLOCKED, ReportState.DRAFT, ReportState.CHANGES_REQUESTED)


class Waiting(Desk, TemplateView):
    """Reports to review, allocations to approve, documents to decide, purchases to pay, money unmatched, payments in doubt."""

    template_name = "staff/waiting.html"
    page_title = _("What waits")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        drafted = Allocation.objects.filter(state=AllocationState.DRAFTED).select_related("prepared_by")
        undecided = SpendingDocument.objects.filter(state__in=[DocumentState.RECORDED, DocumentState.QUERIED])
        unpaid = Purchase.objects.filter(entry=None, document__state=DocumentState.ACCEPTED).select_related("document")
        waiting = {
            "reports": list(Report.objects.filter(state__in=REPORTS_THAT_WAIT).defer("content", "names")[:MOST]),
            "allocations": list(drafted[:MOST]),
            "documents": list(undecided[:MOST]),
            "purchases": list(unpaid[:MOST]),
            "unmatched": payments.unmatched_open(limit=MOST),
            "doubtful": payments.donations_in_doubt(now=self.now)[:MOST],
        }
        return super().get_context_data(**waiting, nothing=not any(waiting.values()), **kwargs)
