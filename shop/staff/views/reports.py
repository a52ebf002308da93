"""The list of reports, and asking for one; what a campaign is; what the whole organisation took in."""

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aid_packages.queries import fund_titles
from core.periods import WARSAW, period_of
from core.texts import in_language
from ledger.accounts import ADMIN
from shop.staff.access import ACCEPT, APPROVE, PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import BAD_MONTH, LineField, MonthField, PastDateField, SumField
from shop.staff.filters import EVERY
from shop.staff.forms import ReasonForm
from shop.staff.labels import name_of
from shop.staff.tables import Cell, Listing
from transparency import operations, queries
from transparency.models import Campaign, Report, ReportKind, ReportState


def end_of(day: dt.date, *, now: dt.datetime) -> dt.datetime:
    """The last moment of a day in Warsaw, or now when that is earlier."""
    return min(dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=WARSAW), now)


class AskForm(ReasonForm):
    """Which report is asked for."""

    kind = forms.ChoiceField(
        label=_("About"),
        choices=[
            (ReportKind.MONTH.value, _("A month that is over")),
            (ReportKind.QUARTER.value, _("The quarter of the month")),
            (ReportKind.YEAR.value, _("The year of the month")),
            (ReportKind.TO_DATE.value, _("The present month so far")),
            (ReportKind.CAMPAIGN.value, _("A campaign")),
            (ReportKind.COHORT.value, _("All gifts of the month's year, followed until now")),
        ],
    )
    month = MonthField(
        label=_("Month"), required=False, help_text=_("Like 2026-10. Not needed for the present month or a campaign.")
    )
    campaign = forms.ChoiceField(label=_("Campaign"), required=False)
    as_of = PastDateField(
        label=_("As of the end of a day"),
        required=False,
        help_text=_("Leave it empty for now. Else the report knows only what was booked by then."),
    )
    errors_at = {
        operations.PeriodNotOver: "month",
        operations.AlreadyOpen: "month",
        operations.NoSuchPeriod: "month",
        operations.NoSuchCampaign: "campaign",
        operations.NoMarkKept: "as_of",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = [(one.code, in_language(one.name)) for one in Campaign.objects.all()]
        self.fields["campaign"].choices = [("", "–"), *campaigns]  # type: ignore[attr-defined]  # it is the choice field above

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind = cleaned.get("kind")
        without_month = (ReportKind.TO_DATE.value, ReportKind.CAMPAIGN.value)
        if kind not in without_month and not cleaned.get("month") and "month" not in self.errors:
            self.add_error("month", BAD_MONTH)
        return cleaned


class CampaignForm(ReasonForm):
    """Which funds in which months are a campaign. It never changes."""

    code = LineField(label=_("Code"), max_length=24, help_text=_("For its address, like winter-2026."))
    name_pl = LineField(label=_("Name in Polish"), max_length=80)
    name_en = LineField(label=_("Name in English"), max_length=80)
    first = MonthField(label=_("First month"))
    last = MonthField(label=_("Last month"))
    funds = forms.MultipleChoiceField(label=_("Purposes"), widget=forms.CheckboxSelectMultiple)
    errors_at = {operations.CampaignTaken: "code"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = fund_titles()
        self.fields["funds"].choices = [  # type: ignore[attr-defined]  # it is the choice field above
            (code, title) for code, title in sorted(titles.items(), key=lambda one: one[1]) if code != ADMIN
        ]

    def field_of(self, refusal: Exception) -> str | None:
        if isinstance(refusal, operations.BadCampaign):
            return {"code": "code", "name": "name_pl", "months": "last", "funds": "funds"}[refusal.what]
        return super().field_of(refusal)


class IncomeForm(ReasonForm):
    """What the whole organisation took in during a year."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    income = SumField(label=_("Income of the whole organisation"))
    source = LineField(label=_("Where the figure stands"), max_length=200)


class ReportFilter(forms.Form):
    """What to look for."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *ReportState.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[EVERY, *ReportKind.choices])


class Reports(Listing, ActPage):
    """All reports, those that wait for somebody first."""

    rights = (PREPARE, APPROVE, ACCEPT)
    page_title = _("Reports")
    filters = ReportFilter
    columns = (_("Report"), _("Kind"), _("State"), _("Prepared by"), _("Published by"), _("Published on"))
    export_name = "reports"
    empty = _("There is no report yet. Last month's is drafted by itself on the 16th; you can ask for one now.")

    def acts(self) -> list[Act]:
        return [
            Act(
                name="ask",
                label=_("Ask for a report"),
                do=self._ask,
                done=_("The report is being built."),
                form=AskForm,
                right=PREPARE,
            ),
            Act(
                name="campaign",
                label=_("Define a campaign"),
                do=self._define,
                done=_("The campaign stands. Ask for its report when its months are published."),
                form=CampaignForm,
                right=PREPARE,
                warning=_("It never changes: another scope is another campaign."),
            ),
            Act(
                name="income",
                label=_("Enter the year's income"),
                do=self._enter,
                done=_("Entered. Reports of that year that are built from now on print it."),
                form=IncomeForm,
                right=PREPARE,
            ),
        ]

    def _define(self, typed: dict[str, Any]) -> None:
        operations.define_campaign(
            code=typed["code"],
            name_pl=typed["name_pl"],
            name_en=typed["name_en"],
            first_period=typed["first"],
            last_period=typed["last"],
            funds=typed["funds"],
            actor=self.actor,
            reason=typed["reason"],
            now=self.now,
        )

    def _enter(self, typed: dict[str, Any]) -> None:
        operations.enter_income(
            year=typed["year"],
            income_minor=typed["income"],
            source=typed["source"],
            actor=self.actor,
            reason=typed["reason"],
            now=self.now,
        )

    def _ask(self, typed: dict[str, Any]) -> None:
        kind = ReportKind(typed["kind"])
        as_of = end_of(typed["as_of"], now=self.now) if typed["as_of"] else None
        period = period_of(as_of or self.now) if kind is ReportKind.TO_DATE else typed["month"] or 0
        self._asked = operations.request_report(
            kind=kind,
            period=period // 100 if kind in (ReportKind.YEAR, ReportKind.COHORT) else period,
            campaign=typed["campaign"],
            as_of=as_of,
            actor=self.actor,
            reason=typed["reason"],
            now=self.now,
        )

    def after(self, act: Act) -> str:
        return reverse("staff:report", args=[self._asked.pk]) if act.name == "ask" else super().after(act)

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = [
            report
            for report in queries.reports_for_staff()
            if wanted["state"] in ("", report.state) and wanted["kind"] in ("", report.kind)
        ]
        return [self._row(report) for report in found[offset : offset + limit]]

    def _row(self, report: Report) -> list[Cell]:
        published = report.published_at.astimezone(WARSAW).date().isoformat() if report.published_at else ""
        progress = f" {report.progress_percent} %" if report.state == ReportState.BUILDING else ""
        return [
            Cell(report.slug, url=reverse("staff:report", args=[report.pk])),
            Cell(report.get_kind_display()),
            Cell(f"{report.get_state_display()}{progress}", state=report.state),
            Cell(name_of(report.prepared_by)),
            Cell(name_of(report.published_by)),
            Cell(published),
        ]
