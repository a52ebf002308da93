"""Funds that lack money, what took it, and the covers from GENERAL."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.models import LossCover, ProposalState
from aid_packages.operations import covers as verbs
from aid_packages.operations import refusals
from core.money import format_money
from ledger.accounts import GENERAL
from ledger.models import EntryKind
from ledger.queries import fund_available
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import SumField
from shop.staff.filters import EVERY
from shop.staff.forms import ReasonForm
from shop.staff.tables import Cell, Listing, at


class CoverForm(ReasonForm):
    """How much GENERAL gives."""

    amount = SumField(label=_("Sum, in zł"))
    errors_at = {
        verbs.MoreThanLacking: "amount",
        verbs.NoDeficit: "amount",
        refusals.NotPositive: "amount",
    }


class CoverFilter(forms.Form):
    """What to look for."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *ProposalState.choices])
    fund = forms.ChoiceField(
        label=_("Fund"), required=False, choices=lazy(lambda: [EVERY, *queries.fund_titles().items()], list)
    )


class Deficits(Listing, ActPage):
    """The funds that lack money now, and below them all covers, the newest first."""

    template_name = "staff/deficits.html"
    page_title = _("Deficits")
    filters = CoverFilter
    columns = (_("Cover"), _("State"), _("Fund"), _("Lacking then"), _("Proposed"), _("Sum"))
    export_name = "covers"
    empty = _("No deficit was ever covered.")

    def acts(self) -> list[Act]:
        general = format_money(fund_available(code=GENERAL))
        return [
            Act(
                name=f"cover-{short.fund_code}",
                label=_("Propose to cover it from GENERAL"),
                do=self._proposing(short.fund_code),
                done=_("Proposed. Another person has to approve it."),
                form=CoverForm,
                initial={"amount": f"{short.lacking_minor // 100},{short.lacking_minor % 100:02d}"},
                note=_("GENERAL has %(sum)s available.") % {"sum": general},
                right=PREPARE,
            )
            for short in queries.open_deficits()
            if short.fund_code != GENERAL
        ]

    def _proposing(self, fund_code: str) -> Any:
        def do(typed: dict[str, Any]) -> None:
            self._proposed = verbs.propose_cover(
                fund_code=fund_code,
                amount_minor=typed["amount"],
                actor=self.actor,
                reason=typed["reason"],
                request_key=f"desk:{typed['request_key']}",
                now=self.now,
            )

        return do

    def after(self, act: Act) -> str:
        return reverse("staff:cover", args=[self._proposed.pk])

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        asked = {"state": wanted["state"], "fund_code": wanted["fund"]}
        found = LossCover.objects.filter(**{name: value for name, value in asked.items() if value})
        titles = queries.fund_titles()
        return [
            [
                Cell(str(row.pk), url=reverse("staff:cover", args=[row.pk])),
                Cell(row.get_state_display(), state=row.state),
                Cell(titles.get(row.fund_code, row.fund_code)),
                Cell(minor=row.lacking_minor),
                at(row.proposed_at),
                Cell(minor=row.amount_minor),
            ]
            for row in found.order_by("-pk")[offset : offset + limit]
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offered = {one.act.name: one for one in kwargs.get("acts", [])}
        titles = queries.fund_titles()
        short = [
            {
                "code": row.fund_code,
                "title": titles.get(row.fund_code, row.fund_code),
                "lacking_minor": row.lacking_minor,
                "is_general": row.fund_code == GENERAL,
                "causes": [(cause, EntryKind(cause.kind).label) for cause in row.causes],
                "offered": offered.get(f"cover-{row.fund_code}"),
            }
            for row in queries.open_deficits()
        ]
        return super().get_context_data(short=short, **kwargs)
