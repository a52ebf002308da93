"""One cover of a deficit: approved or refused by another than who proposed it."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.models import LossCover, ProposalState
from aid_packages.operations import covers as verbs
from core.money import format_money
from core.trail import trail_of
from ledger.accounts import GENERAL
from ledger.models import EntryKind
from ledger.queries import fund_available
from shop.staff.access import APPROVE
from shop.staff.acts import Act, ActPage
from shop.staff.labels import trail_lines


class OneCover(ActPage):
    """One cover, with what took the fund's money."""

    template_name = "staff/cover.html"

    def acts(self) -> list[Act]:
        cover = self._cover()
        if cover.state != ProposalState.PROPOSED or cover.proposed_by_id == self.actor.pk:
            return []
        return [
            Act(
                name="approve",
                label=_("Approve"),
                do=self._calling(verbs.approve_cover),
                done=_("Booked: GENERAL gave it."),
                note=_("GENERAL has %(sum)s available.") % {"sum": format_money(fund_available(code=GENERAL))},
                right=APPROVE,
            ),
            Act(
                name="refuse",
                label=_("Refuse"),
                do=self._calling(verbs.refuse_cover),
                done=_("Refused: the deficit stays named."),
                right=APPROVE,
            ),
        ]

    def _calling(self, verb: Any) -> Any:
        return lambda typed: verb(
            cover_id=self.kwargs["cover_id"], actor=self.actor, reason=typed["reason"], now=self.now
        )

    def _cover(self) -> LossCover:
        rows = LossCover.objects.select_related("proposed_by", "decided_by")
        cover = rows.filter(pk=self.kwargs["cover_id"]).first()
        if cover is None:
            raise Http404
        return cover

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cover = self._cover()
        return super().get_context_data(
            cover=cover,
            fund_title=queries.fund_titles().get(cover.fund_code, cover.fund_code),
            causes=[(cause, EntryKind(cause.kind).label) for cause in queries.causes(fund_code=cover.fund_code)],
            own=cover.state == ProposalState.PROPOSED and cover.proposed_by_id == self.actor.pk,
            trail=trail_lines(trail_of(subject=str(cover))),
            page_title=_("Cover of a deficit %(number)s") % {"number": cover.pk},
            **kwargs,
        )
