"""One allocation: approved by another than who drafted it, spent with documents, closed."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.evidence.models import SubjectKind
from aid_packages.evidence.queries import counts_of
from aid_packages.models import SETTLING, Allocation, AllocationState, Grant
from aid_packages.operations import allocations as verbs
from aid_packages.operations import emergencies
from core.money import format_money
from core.trail import trail_of
from ledger.queries import fund_available
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.labels import trail_lines
from shop.staff.spending import spending_acts
from shop.staff.tables import month
from shop.staff.taking_back import grant_acts


class OneAllocation(ActPage):
    """One envelope: its figures, its documents, its trail, and what can be done."""

    template_name = "staff/allocation.html"

    def acts(self) -> list[Act]:
        allocation = self._allocation()
        another = allocation.prepared_by_id != self.actor.pk
        if allocation.state == AllocationState.DRAFTED:
            return self._decisions(allocation) if another else []
        taking_back = grant_acts(allocation=allocation, actor=self.actor, now=self.now)
        if allocation.state not in SETTLING:
            return taking_back
        used = queries.envelope(allocation=allocation)
        within = spending_acts(allocation=allocation, used=used, actor=self.actor, now=self.now)
        if allocation.state == AllocationState.EMERGENCY:
            return [*(self._countersigning(used) if another else []), *within, *taking_back]
        return [*within, *taking_back, self._closing(used)]

    def _countersigning(self, used: queries.Envelope) -> list[Act]:
        figures = {"free": format_money(used.free_minor), "held": format_money(used.with_partner_minor)}
        return [
            Act(
                name="countersign",
                label=_("Countersign"),
                do=self._calling(emergencies.countersign_emergency),
                done=_("Countersigned: it is an approved allocation."),
                right=APPROVE,
            ),
            Act(
                name="refuse",
                label=_("Refuse to countersign"),
                do=self._calling(emergencies.refuse_emergency),
                done=_("Refused: nothing more is paid from it."),
                note=_("%(free)s go back to the fund; %(held)s with the partner is to be returned or accounted for.")
                % figures,
                warning=_("Nothing more can be paid from it then."),
                right=APPROVE,
            ),
        ]

    def _decisions(self, allocation: Allocation) -> list[Act]:
        available = fund_available(code=allocation.fund_code)
        figures = {"sum": format_money(available), "left": format_money(available - allocation.amount_minor)}
        return [
            Act(
                name="approve",
                label=_("Approve"),
                do=self._calling(verbs.approve_allocation),
                done=_("Approved. Its money is set aside."),
                note=_("The fund has %(sum)s available; %(left)s would be left.") % figures,
                right=APPROVE,
            ),
            Act(
                name="reject",
                label=_("Reject"),
                do=self._calling(verbs.reject_allocation),
                done=_("Rejected."),
                right=APPROVE,
            ),
        ]

    def _closing(self, used: queries.Envelope) -> Act:
        return Act(
            name="close",
            label=_("Close"),
            do=self._calling(verbs.close_allocation),
            done=_("Closed. What was left is back in the fund."),
            note=_("Not used: %(sum)s. It goes back to the fund.") % {"sum": format_money(used.free_minor)},
            right=PREPARE,
        )

    def _calling(self, verb: Any) -> Any:
        def do(typed: dict[str, Any]) -> None:
            verb(allocation_id=self.kwargs["allocation_id"], actor=self.actor, reason=typed["reason"], now=self.now)

        return do

    def _allocation(self) -> Allocation:
        rows = Allocation.objects.select_related(
            "partner", "region", "agreement", "prepared_by", "decided_by", "closed_by"
        )
        allocation = rows.filter(pk=self.kwargs["allocation_id"]).first()
        if allocation is None:
            raise Http404
        return allocation

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        allocation = self._allocation()
        return super().get_context_data(
            allocation=allocation,
            used=queries.envelope(allocation=allocation),
            fund_title=queries.fund_titles().get(allocation.fund_code, allocation.fund_code),
            region_title=queries.region_titles().get(allocation.region.code, ""),
            months=[month(period) for period in sorted({allocation.first_period, allocation.last_period})],
            splits=allocation.splits.select_related("document__corrects").order_by("document_id"),
            reserved=queries.reserved_in(allocation_id=allocation.pk),
            grants=_with_evidence(allocation),
            overdue=allocation.state == AllocationState.EMERGENCY and allocation.countersign_until < self.now,
            own=allocation.prepared_by_id == self.actor.pk
            and allocation.state in (AllocationState.DRAFTED, AllocationState.EMERGENCY),
            trail=trail_lines(trail_of(subject=f"allocation:{allocation.pk}")),
            page_title=_("Allocation %(number)s") % {"number": allocation.pk},
            **kwargs,
        )


def _with_evidence(allocation: Allocation) -> list[tuple[Grant, int]]:
    """The envelope's grants, each with how many pieces of evidence belong to it."""
    grants = list(allocation.grants.prefetch_related("reversals").order_by("pk"))
    shown_by = counts_of(subject_kind=SubjectKind.GRANT, subject_ids=[grant.pk for grant in grants])
    return [(grant, shown_by.get(grant.pk, 0)) for grant in grants]
