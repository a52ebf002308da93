"""Needs and areas that hold more than they can use, and what goes up the tree."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.models import Area, Giving, Need, ProposalState, Redirect, RedirectReason
from aid_packages.operations import redirects as verbs
from aid_packages.operations import refusals
from aid_packages.queries.tree import above
from core.money import format_money
from core.texts import in_language
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import SumField, sum_as_typed, today
from shop.staff.filters import EVERY
from shop.staff.forms import ReasonForm
from shop.staff.tables import Cell, Listing, at


class RedirectForm(ReasonForm):
    """How much goes on, and where to."""

    to_fund = forms.ChoiceField(label=_("Where it goes"))
    amount = SumField(label=_("Sum, in zł"))
    errors_at = {
        verbs.NotUpTheTree: "to_fund",
        verbs.MoreThanOver: "amount",
        verbs.NothingOver: "amount",
        refusals.NotPositive: "amount",
    }

    def __init__(self, *args: Any, from_fund: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = queries.fund_titles()
        self.fields["to_fund"].choices = [(code, titles.get(code, code)) for code in above(fund_code=from_fund)]


def running_needs() -> list[tuple[str, str]]:
    """The needs that are not over yet."""
    rows = [need for need in Need.objects.all() if need.giving_on(today()) is not Giving.ENDED]
    return [(str(need.pk), in_language(need.title)) for need in rows]


class EndNeedForm(ReasonForm):
    """Which need is over."""

    need = forms.ChoiceField(label=_("Need"), choices=lazy(running_needs, list))
    errors_at = {refusals.WrongState: "need"}


def why(found: queries.CanGoOn) -> str:
    """Why it can't use the money. An area has no goal of its own."""
    if found.is_area and found.reason_code == RedirectReason.OVER_FUNDED:
        return _("More came in than its needs lack")
    return str(RedirectReason(found.reason_code).label)


def surplus_words(found: queries.CanGoOn) -> str:
    """What is really surplus, and how it is found."""
    figures = {
        "goal": format_money(found.goal_minor),
        "funded": format_money(found.funded_minor),
        "balance": format_money(found.balance_minor),
        "committed": format_money(found.committed_minor),
        "planned": format_money(found.planned_minor),
        "over": format_money(found.over_minor),
    }
    lacking, reached = _("Its needs still lack %(goal)s to their goals."), _("Goal %(goal)s, came in %(funded)s.")
    goal = lacking if found.is_area else reached
    held = _(
        "In the fund %(balance)s, invoices that are accepted and not paid taken off; of it %(committed)s set aside and "
        "%(planned)s planned. At most %(over)s may go on."
    )
    return f"{goal % figures} {held % figures}"


def _clause_words(found: queries.CanGoOn) -> str:
    facts = {"number": found.clause.number, "text": in_language(found.clause.text)}
    return _("Clause %(number)s: “%(text)s”") % facts


class RedirectFilter(forms.Form):
    """What to look for."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *ProposalState.choices])
    fund = forms.ChoiceField(
        label=_("From fund"), required=False, choices=lazy(lambda: [EVERY, *queries.fund_titles().items()], list)
    )


class Redirects(Listing, ActPage):
    """All redirects, the newest first, above them what could go on."""

    page_title = _("Redirects")
    lead = _(
        "What a need can't use goes to its area, or to where it is needed most, under the clause that its donors saw; what "
        "an area can't use goes to where it is needed most. One person proposes it, another approves it; then its donors "
        "are told."
    )
    filters = RedirectFilter
    columns = (_("Redirect"), _("State"), _("From fund"), _("To fund"), _("Why"), _("Clause"), _("Proposed"), _("Sum"))
    export_name = "redirects"
    empty = _("Nothing was redirected. A need or an area that holds more than it can use is offered here.")

    def acts(self) -> list[Act]:
        offers = [self._offer(found) for found in queries.can_go_on(day=today())]
        ending = Act(
            name="end_need",
            label=_("End a need"),
            do=self._end,
            done=_("Ended: nothing can be given to it any more, and what is left may go on."),
            form=EndNeedForm,
            warning=_("A need that was ended is not opened again: a new season is a new need."),
            right=APPROVE,
        )
        return [*offers, ending]

    def _offer(self, found: queries.CanGoOn) -> Act:
        source = found.source
        return Act(
            name=f"propose-area-{source.pk}" if found.is_area else f"propose-{source.pk}",
            label=_("Propose a redirect: %(need)s (%(why)s)") % {"need": in_language(source.title), "why": why(found)},
            do=self._proposing(source),
            done=_("Proposed. Another person has to approve it."),
            form=lambda *args, **kwargs: RedirectForm(*args, from_fund=source.fund_code, **kwargs),
            initial={"amount": sum_as_typed(found.over_minor)},
            note=f"{surplus_words(found)} {_clause_words(found)}",
            right=PREPARE,
        )

    def _proposing(self, source: Need | Area) -> Any:
        def do(typed: dict[str, Any]) -> None:
            shared = {
                "to_fund": typed["to_fund"],
                "amount_minor": typed["amount"],
                "actor": self.actor,
                "reason": typed["reason"],
                "request_key": f"desk:{typed['request_key']}",
                "now": self.now,
            }
            if isinstance(source, Area):
                self._proposed = verbs.propose_area_redirect(area_id=source.pk, **shared)
            else:
                self._proposed = verbs.propose_redirect(need_id=source.pk, **shared)

        return do

    def _end(self, typed: dict[str, Any]) -> None:
        verbs.end_need(need_id=int(typed["need"]), actor=self.actor, reason=typed["reason"], now=self.now)

    def after(self, act: Act) -> str:
        made = getattr(self, "_proposed", None)
        return reverse("staff:redirect", args=[made.pk]) if made else self.request.path

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        asked = {"state": wanted["state"], "from_fund": wanted["fund"]}
        found = Redirect.objects.filter(**{name: value for name, value in asked.items() if value})
        titles = queries.fund_titles()
        return [
            [
                Cell(str(row.pk), url=reverse("staff:redirect", args=[row.pk])),
                Cell(row.get_state_display(), state=row.state),
                Cell(titles.get(row.from_fund, row.from_fund)),
                Cell(titles.get(row.to_fund, row.to_fund)),
                Cell(row.get_reason_code_display()),
                Cell(str(row.clause.number)),
                at(row.proposed_at),
                Cell(minor=row.amount_minor),
            ]
            for row in found.select_related("clause").order_by("-pk")[offset : offset + limit]
        ]
