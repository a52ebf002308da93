"""Allocations on the desk: drafted by one, approved by another, spent with documents, closed."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.models import Allocation, AllocationState, Partner, Region
from aid_packages.operations import allocations as verbs
from aid_packages.queries.envelope import envelope, envelopes
from core.money import format_money
from core.trail import trail_of
from ledger.queries import fund_available
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.forms import LineField, MonthField, ReasonForm, SumField
from shop.staff.spending import spending_acts
from shop.staff.tables import Cell, Listing


def funds() -> list[tuple[str, str]]:
    """The funds for aid, each with what it still has available."""
    titles = queries.fund_titles()
    return [
        (code, f"{title} ({format_money(fund_available(code=code))})")
        for code, title in sorted(titles.items(), key=lambda item: item[1])
        if code != "ADMIN"
    ]


def partners() -> list[tuple[str, str]]:
    rows = Partner.objects.filter(active=True).order_by("name")
    return [("", str(_("Ourselves"))), *((row.code, row.name) for row in rows)]


def regions() -> list[tuple[str, str]]:
    titles = queries.region_titles()
    return [(code, titles.get(code, code)) for code in Region.objects.order_by("pk").values_list("code", flat=True)]


class DraftForm(ReasonForm):
    """A new envelope."""

    fund = forms.ChoiceField(label=_("Fund"), choices=funds)
    partner = forms.ChoiceField(label=_("Who spends it"), choices=partners, required=False)
    region = forms.ChoiceField(label=_("Region"), choices=regions)
    first = MonthField(label=_("From month"))
    last = MonthField(label=_("To month"))
    amount = SumField(label=_("Sum, in zł"))
    purpose = LineField(label=_("What it is for"), max_length=300)
    errors_at = {"BadPeriod": "last", "PurposeMissing": "purpose", "FundNotForAid": "fund", "NotPositive": "amount"}


class AllocationFilter(forms.Form):
    """What to look for."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("every")), *AllocationState.choices])
    fund = forms.ChoiceField(
        label=_("Fund"), required=False, choices=lazy(lambda: [("", _("every")), *queries.fund_titles().items()], list)
    )


class Allocations(ActPage, Listing):
    """All envelopes, the newest first."""

    template_name = "staff/list.html"
    page_title = _("Allocations")
    filters = AllocationFilter
    columns = (
        _("Allocation"),
        _("State"),
        _("Fund"),
        _("Who spends it"),
        _("For"),
        _("Sum"),
        _("Spent"),
        _("With the partner"),
    )
    export_name = "allocations"
    empty = _("No allocation yet. Draft one: another person approves it, and only then is its money set aside.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.exported(request) or self._page()

    def acts(self) -> list[Act]:
        done = str(_("Drafted. Another person has to approve it."))
        return [Act("draft", str(_("Draft an allocation")), self._draft, done, form=DraftForm, right=PREPARE)]

    def _draft(self, typed: dict[str, Any]) -> None:
        self._drafted = verbs.draft_allocation(
            fund_code=typed["fund"],
            partner_code=typed["partner"] or None,
            region_code=typed["region"],
            first_period=typed["first"],
            last_period=typed["last"],
            amount_minor=typed["amount"],
            purpose=typed["purpose"],
            actor=self.actor,
            reason=typed["reason"],
            request_key=f"desk:{typed['request_key']}",
            now=self.now,
        )

    def after(self, act: Act) -> str:
        return reverse("staff:allocation", args=[self._drafted.pk])

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = Allocation.objects.select_related("partner").order_by("-id")
        if wanted.get("state"):
            found = found.filter(state=wanted["state"])
        if wanted.get("fund"):
            found = found.filter(fund_code=wanted["fund"])
        shown = list(found[offset : offset + limit])
        used, titles = envelopes(allocations=shown), queries.fund_titles()
        return [
            [
                Cell(str(row.pk), url=reverse("staff:allocation", args=[row.pk])),
                Cell(row.get_state_display(), state=row.state),
                Cell(titles.get(row.fund_code, row.fund_code)),
                Cell(row.partner.name if row.partner else str(_("Ourselves"))),
                Cell(row.purpose),
                Cell("", minor=row.amount_minor),
                Cell("", minor=used[row.pk].spent_minor),
                Cell("", minor=used[row.pk].with_partner_minor),
            ]
            for row in shown
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**self.listed(self.request), **kwargs)


class OneAllocation(ActPage):
    """One envelope: its figures, its documents, its trail, and what can be done."""

    template_name = "staff/allocation.html"

    def acts(self) -> list[Act]:
        allocation = self._allocation()
        if allocation.state == AllocationState.APPROVED:
            close = self._act(
                "close", _("Close"), verbs.close_allocation, _("Closed. What was left is back in the fund.")
            )
            return [*spending_acts(allocation=allocation, actor=self.actor, now=self.now), close]
        if allocation.state != AllocationState.DRAFTED or allocation.prepared_by_id == self.actor.pk:
            return []
        approve = self._act(
            "approve", _("Approve"), verbs.approve_allocation, _("Approved. Its money is set aside."), APPROVE
        )
        reject = self._act("reject", _("Reject"), verbs.reject_allocation, _("Rejected."), APPROVE)
        return [approve, reject]

    def _act(self, name: str, label: Any, verb: Any, done: Any, right: str = PREPARE) -> Act:
        def do(typed: dict[str, Any]) -> None:
            verb(allocation_id=self.kwargs["allocation_id"], actor=self.actor, reason=typed["reason"], now=self.now)

        return Act(name, str(label), do, str(done), right=right)

    def _allocation(self) -> Allocation:
        rows = Allocation.objects.select_related("partner", "region", "prepared_by", "decided_by")
        allocation = rows.filter(pk=self.kwargs["allocation_id"]).first()
        if allocation is None:
            raise Http404
        return allocation

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        allocation = self._allocation()
        return super().get_context_data(
            allocation=allocation,
            used=envelope(allocation=allocation),
            fund_title=queries.fund_titles().get(allocation.fund_code, allocation.fund_code),
            region_title=queries.region_titles().get(allocation.region.code, ""),
            months=[f"{p // 100}-{p % 100:02d}" for p in (allocation.first_period, allocation.last_period)],
            splits=allocation.splits.select_related("document").order_by("document_id"),
            own=allocation.prepared_by_id == self.actor.pk and allocation.state == AllocationState.DRAFTED,
            trail=trail_of(subject=f"allocation:{allocation.pk}"),
            page_title=_("Allocation %(number)s") % {"number": allocation.pk},
            **kwargs,
        )
