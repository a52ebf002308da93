"""One redirect: approved or refused by another than who proposed it."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.models import ProposalState, Redirect, RedirectTold
from aid_packages.operations import redirects as verbs
from aid_packages.queries.redirects import over
from core.money import format_money
from core.periods import WARSAW
from core.texts import in_language
from core.trail import trail_of
from shop.staff.access import APPROVE
from shop.staff.acts import Act, ActPage
from shop.staff.clauses_seen import clauses_seen
from shop.staff.labels import trail_lines
from shop.staff.views.redirects import surplus_words


class OneRedirect(ActPage):
    """One redirect, with the clause that its donors saw."""

    template_name = "staff/redirect.html"

    def acts(self) -> list[Act]:
        redirect = self._redirect()
        if redirect.state != ProposalState.PROPOSED or redirect.proposed_by_id == self.actor.pk:
            return []
        return [
            Act(
                name="approve",
                label=_("Approve"),
                do=self._calling(verbs.approve_redirect),
                done=_("Booked. Its donors are being told."),
                warning=_("The money goes on at once, and everybody who gave for it this season gets a mail."),
                right=APPROVE,
            ),
            Act(
                name="refuse",
                label=_("Refuse"),
                do=self._calling(verbs.refuse_redirect),
                done=_("Refused: the money stays."),
                right=APPROVE,
            ),
        ]

    def _surplus(self, redirect: Redirect) -> str:
        """For whoever decides: what is surplus now, without this proposal."""
        if redirect.state != ProposalState.PROPOSED:
            return ""
        found = over(source=redirect.source, day=self.now.astimezone(WARSAW).date(), besides=redirect.pk)
        return surplus_words(found) if found else str(_("Nothing is over any more: refuse it."))

    def _calling(self, verb: Any) -> Any:
        return lambda typed: verb(
            redirect_id=self.kwargs["redirect_id"], actor=self.actor, reason=typed["reason"], now=self.now
        )

    def _redirect(self) -> Redirect:
        rows = Redirect.objects.select_related("need", "area", "clause", "proposed_by", "decided_by")
        redirect = rows.filter(pk=self.kwargs["redirect_id"]).first()
        if redirect is None:
            raise Http404
        return redirect

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        redirect = self._redirect()
        titles = queries.fund_titles()
        return super().get_context_data(
            redirect=redirect,
            from_title=titles.get(redirect.from_fund, redirect.from_fund),
            to_title=titles.get(redirect.to_fund, redirect.to_fund),
            over=format_money(redirect.over_minor),
            clause=in_language(redirect.clause.text),
            surplus=self._surplus(redirect),
            seen=clauses_seen(source=redirect.source, day=redirect.proposed_at.astimezone(WARSAW).date()),
            told=RedirectTold.objects.filter(redirect=redirect).first(),
            own=redirect.state == ProposalState.PROPOSED and redirect.proposed_by_id == self.actor.pk,
            trail=trail_lines(trail_of(subject=str(redirect))),
            page_title=_("Redirect %(number)s") % {"number": redirect.pk},
            **kwargs,
        )
