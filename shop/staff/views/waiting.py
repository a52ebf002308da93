"""The desk opens on what waits."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aid_packages import queries as help_queries
from aid_packages.deliveries.queries import near_expiry, without_document
from aid_packages.evidence.queries import waiting_for_release
from aid_packages.models import (
    Allocation,
    AllocationState,
    LossCover,
    ProposalState,
    Purchase,
    Redirect,
    SpendingDocument,
    SpendingReversal,
)
from core.texts import in_language
from donors.queries import outbox_counts
from ledger.queries import fund_balances
from payments import queries as payments
from payments.queries.share_policies import policies_for_staff
from shop.staff.access import Desk
from shop.staff.fields import today
from shop.staff.views.documents import UNDECIDED
from shop.staff.views.redirects import why
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
        emergencies = Allocation.objects.filter(state=AllocationState.EMERGENCY).select_related("prepared_by")
        reports = Report.objects.filter(state__in=REPORTS_THAT_WAIT).defer("content", "names")
        mails = outbox_counts(now=self.now)
        waiting = {
            "reports": list(reports.order_by("pk")[:MOST]),
            "allocations": list(drafted.order_by("pk")[:MOST]),
            "documents": list(undecided.order_by("pk")[:MOST]),
            "evidence": waiting_for_release(limit=MOST),
            "purchases": list(unpaid.order_by("pk")[:MOST]),
            "matters": payments.matters_for_staff(limit=MOST),
            "unmatched": [row for row in payments.unmatched_open(limit=MOST) if row.left_minor],
            "doubtful": payments.donations_in_doubt(now=self.now)[:MOST],
            "emergencies": [(row, row.countersign_until < self.now) for row in emergencies.order_by("pk")[:MOST]],
            "proposals": proposals_waiting(),
            "needs_over": [_over(found) for found in help_queries.can_go_on(day=today())][:MOST],
            "ended": help_queries.ended_with_advance(day=today())[:MOST],
            "shares": [row.policy for row in policies_for_staff(now=self.now) if row.state == "waiting"],
            "deficits": [
                (code, -has.available_minor) for code, has in fund_balances().items() if has.available_minor < 0
            ],
            "without_document": [(row, in_language(row.name)) for row in without_document()[:MOST]],
            "kept_for_closed": help_queries.reserved_in_closed()[:MOST],
            "expiring": near_expiry(now=self.now, limit=MOST),
            "mails": mails if mails.failed or mails.overdue else None,
        }
        return super().get_context_data(**waiting, nothing=not any(waiting.values()), **kwargs)


def proposals_waiting() -> list[tuple[str, str, int]]:
    """What one person proposed and another has to decide: address, what it is, the sum in grosze; the oldest first."""
    redirects = Redirect.objects.filter(state=ProposalState.PROPOSED).order_by("pk")[:MOST]
    covers = LossCover.objects.filter(state=ProposalState.PROPOSED).order_by("pk")[:MOST]
    reversals = SpendingReversal.objects.filter(state=ProposalState.PROPOSED).select_related("document", "grant")
    return [
        *((reverse("staff:redirect", args=[row.pk]), _redirect_words(row), row.amount_minor) for row in redirects),
        *((reverse("staff:cover", args=[row.pk]), _cover_words(row), row.amount_minor) for row in covers),
        *(_reversal(row) for row in reversals.order_by("pk")[:MOST]),
    ]


def _redirect_words(row: Redirect) -> str:
    return _("Redirect from %(below)s to %(above)s") % {"below": row.from_fund, "above": row.to_fund}


def _cover_words(row: LossCover) -> str:
    return _("Cover of what %(fund)s lacks") % {"fund": row.fund_code}


def _reversal(row: SpendingReversal) -> tuple[str, str, int]:
    if row.document:
        words = _("Document %(number)s, to be taken back") % {"number": row.document.number}
        return reverse("staff:document", args=[row.document.pk]), words, row.document.own_share_minor
    assert row.grant is not None  # the database refuses a reversal of neither
    words = _("Grant %(number)s, to be taken back") % {"number": row.grant.pk}
    return reverse("staff:allocation", args=[row.grant.allocation_id]), words, row.grant.amount_minor


def _over(found: help_queries.CanGoOn) -> tuple[str, int, str]:
    return in_language(found.source.title), found.over_minor, why(found)
