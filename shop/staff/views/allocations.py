"""The list of allocations, and drafting one."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aid_packages import queries
from aid_packages.models import Allocation, AllocationState, Partner, Region
from aid_packages.operations import agreements, booking, emergencies, refusals
from aid_packages.operations import allocations as verbs
from core.money import format_money
from ledger.accounts import ADMIN
from ledger.queries import fund_balances
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import LineField, MonthField, SumField
from shop.staff.filters import EVERY
from shop.staff.forms import ReasonForm
from shop.staff.tables import Cell, Listing

OURSELVES = "-"
"""Nobody's code: a partner's begins with a letter."""


def funds_for_aid() -> list[tuple[str, str]]:
    """The funds for aid, each with what it still has available."""
    balances = fund_balances()
    titles = sorted(queries.fund_titles().items(), key=lambda item: item[1])
    available = {code: balances[code].available_minor if code in balances else 0 for code, _title in titles}
    return [(code, f"{title}: {format_money(available[code])}") for code, title in titles if code != ADMIN]


def spenders() -> list[tuple[str, str]]:
    """Ourselves, and the partners we work with."""
    rows = Partner.objects.filter(active=True).order_by("name")
    return [(OURSELVES, str(_("Ourselves"))), *((row.code, row.name) for row in rows)]


def regions() -> list[tuple[str, str]]:
    """The regions in their own order."""
    titles = queries.region_titles()
    return [(code, titles.get(code, code)) for code in Region.objects.order_by("pk").values_list("code", flat=True)]


class DraftForm(ReasonForm):
    """A new envelope."""

    fund = forms.ChoiceField(
        label=_("Fund"), choices=funds_for_aid, help_text=_("Beside each fund stands what it has available.")
    )
    partner = forms.ChoiceField(label=_("Who spends it"), choices=spenders)
    region = forms.ChoiceField(label=_("Region"), choices=regions)
    first = MonthField(label=_("From month"))
    last = MonthField(label=_("To month"))
    amount = SumField(label=_("Sum, in zł"))
    purpose = LineField(label=_("What it is for"), max_length=300)
    errors_at = {
        verbs.BadPeriod: "last",
        verbs.PurposeMissing: "purpose",
        verbs.FundNotForAid: "fund",
        refusals.NotPositive: "amount",
        emergencies.OverEmergencyCap: "amount",
        booking.FundShort: "amount",
        agreements.OverCap: "amount",
        agreements.NoAgreement: "partner",
        refusals.PartOfPartner: "partner",
        Partner.DoesNotExist: "partner",
        Region.DoesNotExist: "region",
    }


class AllocationFilter(forms.Form):
    """What to look for."""

    words = LineField(label=_("Words of its purpose"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *AllocationState.choices])
    fund = forms.ChoiceField(
        label=_("Fund"), required=False, choices=lazy(lambda: [EVERY, *queries.fund_titles().items()], list)
    )
    partner = forms.ChoiceField(
        label=_("Who spends it"),
        required=False,
        choices=lazy(lambda: [EVERY, (OURSELVES, _("Ourselves")), *queries.partner_names_at_desk().items()], list),
    )


class Allocations(Listing, ActPage):
    """All envelopes, the newest first."""

    page_title = _("Allocations")
    filters = AllocationFilter
    columns = (
        _("Allocation"),
        _("State"),
        _("Fund"),
        _("Who spends it"),
        pgettext_lazy("purpose", "For"),
        _("Sum"),
        _("Spent"),
        _("With the partner"),
    )
    export_name = "allocations"
    empty = _("No allocation yet. Draft one: another person approves it, and only then is its money set aside.")

    def acts(self) -> list[Act]:
        return [
            Act(
                name="draft",
                label=_("Draft an allocation"),
                do=self._calling(verbs.draft_allocation),
                done=_("Drafted. Another person has to approve it."),
                form=DraftForm,
                right=PREPARE,
            ),
            Act(
                name="emergency",
                label=_("Set money aside in an emergency"),
                do=self._calling(emergencies.book_emergency),
                done=_("Set aside at once. Another person has to countersign within 72 hours."),
                form=DraftForm,
                note=_("Up to %(sum)s together, until somebody has countersigned.")
                % {"sum": format_money(settings.EMERGENCY_CAP_MINOR)},
                warning=_("Only where help can't wait for a second person."),
                right=PREPARE,
            ),
        ]

    def _calling(self, verb: Callable[..., Allocation]) -> Callable[[dict[str, Any]], None]:
        def do(typed: dict[str, Any]) -> None:
            self._drafted = self._made(verb, typed)

        return do

    def _made(self, verb: Callable[..., Allocation], typed: dict[str, Any]) -> Allocation:
        return verb(
            fund_code=typed["fund"],
            partner_code=None if typed["partner"] == OURSELVES else typed["partner"],
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
        if wanted["words"]:
            found = found.filter(purpose__icontains=wanted["words"])
        if wanted["state"]:
            found = found.filter(state=wanted["state"])
        if wanted["fund"]:
            found = found.filter(fund_code=wanted["fund"])
        if wanted["partner"]:
            found = found.filter(partner__code=None if wanted["partner"] == OURSELVES else wanted["partner"])
        shown = list(found[offset : offset + limit])
        used, titles = queries.envelopes(allocations=shown), queries.fund_titles()
        return [
            [
                Cell(str(row.pk), url=reverse("staff:allocation", args=[row.pk])),
                Cell(row.get_state_display(), state=row.state),
                Cell(titles.get(row.fund_code, row.fund_code)),
                Cell(row.partner.name if row.partner else str(_("Ourselves"))),
                Cell(row.purpose),
                Cell(minor=row.amount_minor),
                Cell(minor=used[row.pk].spent_minor),
                Cell(minor=used[row.pk].with_partner_minor),
            ]
            for row in shown
        ]
