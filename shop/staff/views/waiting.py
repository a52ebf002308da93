"""The desk opens on what waits."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from aid_packages.deliveries.queries import near_expiry
from aid_packages.models import Allocation, AllocationState, Purchase, SpendingDocument
from donors.queries import outbox_counts
from ledger.queries import fund_balances
from payments import queries as payments
from shop.staff.access import Desk
from shop.staff.views.documents import UNDECIDED
from transparency.models import Report, ReportState

MOST = 20
REPORTS_THAT_WAIT = (ReportState.IN_REVIEW, ReportState.BLOCKED, ReportState.DRAFT, ReportState.CHANGES_REQUESTED)


class Waiting(Desk):
    """What somebody has to do: at most `MOST` of each, the oldest first; the lists show the rest."""

    template_name = "staff/waiting.html"
    page_title = _("What waits")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        drafted = Allocation.objects.filter(state=AllocationState.DRAFTED).select_related("prepared_by")
        undecided = SpendingDocument.objects.filter(state__in=UNDECIDED).select_related("recorded_by")
        unpaid = Purchase.objects.filter(entry=None, document__state="accepted").select_related("document")
        reports = Report.objects.filter(state__in=REPORTS_THAT_WAIT).defer("content", "names")
        mails = outbox_counts(now=self.now)
        waiting = {
            "reports": list(reports.order_by("pk")[:MOST]),
            "allocations": list(drafted.order_by("pk")[:MOST]),
            "documents": list(undecided.order_by("pk")[:MOST]),
            "purchases": list(unpaid.order_by("pk")[:MOST]),
            "unmatched": [row for row in payments.unmatched_open(limit=MOST) if row.left_minor],
            "doubtful": payments.donations_in_doubt(now=self.now)[:MOST],
            "deficits": [(code, -has.balance_minor) for code, has in fund_balances().items() if has.balance_minor < 0],
            "expiring": near_expiry(now=self.now, limit=MOST),
            "mails": mails if mails.failed or mails.overdue else None,
        }
        return super().get_context_data(**waiting, nothing=not any(waiting.values()), **kwargs)
