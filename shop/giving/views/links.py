"""The pages under links in mails about monthly gifts. Nobody has to sign in, and each link does its one act only.

GET shows exactly what will happen and changes nothing: mail scanners open every link. POST does it and leads back, and
the page then says what was read back. Unknown, expired and foreign links are 404 alike.
"""

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.money import AmountError, format_money
from payments.monthly_states import ActState, MonthlyKind
from payments.operations import ProviderRefused, ProviderUnavailable
from payments.operations.monthly.acts import NotNow
from payments.operations.monthly.undo import merge_by_link, undo_first
from payments.operations.monthly.upgrade import GiftChanged, accept_upgrade
from payments.queries.monthly_links import (
    LinkedGift,
    MergePage,
    UndoPage,
    UpgradePage,
    merge_page,
    undo_page,
    upgrade_page,
)
from payments.queries.monthly_rows import ActRow
from shop.giving.access import PrivatePage, see_other
from shop.giving.forms.monthly import too_large
from shop.giving.words import Fact, Outcome, days, each_time, on_day, outcome_of


@dataclass(frozen=True)
class Press:
    """A button: what stands on it, how it looks, and what it sends."""

    text: str
    kind: str = "primary"
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Sheet:
    """What a link's page shows. Without `presses` there is nothing to do any more."""

    title: str
    lead: str = ""
    facts: tuple[Fact, ...] = ()
    presses: tuple[Press, ...] = ()
    outcome: Outcome | None = None
    note: str = ""
    ways: tuple[tuple[str, str], ...] = field(default=())
    """Ways on: (text, address)."""


class LinkPage(PrivatePage):
    """One link. Subclasses look and act; both answer None for a link that is no good."""

    def look(self, token: str) -> Any:
        """What the link is about, as it stands."""
        raise NotImplementedError(type(self).__name__)

    def sheet(self, page: Any, *, token: str) -> Sheet:
        """The page of what was seen."""
        raise NotImplementedError(type(self).__name__)

    def act(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Does it, and leads on."""
        raise NotImplementedError(type(self).__name__)

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return self.show(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        self.found(token)
        try:
            return self.act(request, token)
        except NotNow as refused:
            return self.show(request, token, trouble=str(refused.words), status=409)
        except AmountError as refused:
            return self.show(request, token, trouble=too_large(refused), status=409)
        except (ProviderUnavailable, ProviderRefused) as refused:
            # Not 503: Django writes the address of every answer from 500 on into the log, and this one holds a token.
            return self.show(request, token, trouble=str(refused.telling.donor), status=409)

    def found(self, token: str) -> Any:
        """What `look` found. Raises Http404."""
        page = self.look(token)
        if page is None:
            raise Http404
        return page

    def show(self, request: HttpRequest, token: str, *, trouble: str = "", status: int = 200) -> HttpResponse:
        """The page, with what went wrong if something did."""
        sheet = self.sheet(self.found(token), token=token)
        return render(request, "pages/giving/link.html", {"sheet": sheet, "trouble": trouble}, status=status)


class Undo(LinkPage):
    """In the first mail: stop a gift that was not meant to be monthly."""

    def look(self, token: str) -> UndoPage | None:
        return undo_page(token=token, now=self.now)

    def act(self, request: HttpRequest, token: str) -> HttpResponseBase:
        undo_first(token=token, now=self.now)
        return see_other(request.path)

    def sheet(self, page: UndoPage, *, token: str) -> Sheet:
        given = tuple(
            (
                _("Already given, stays given"),
                f"{format_money(gift.sum_minor, currency=gift.currency)}"
                + (f", {on_day(gift.due_on)}" if gift.due_on else ""),
            )
            for gift in page.given
        )
        if page.can_undo:
            facts = (*facts_of(page.gift), (_("Would come next"), days(page.gift.next_dates)), *given)
            return Sheet(
                title=_("Stop this monthly gift"),
                lead=_("Was it not meant to be monthly? One press, and nothing more is taken."),
                facts=facts,
                presses=(Press(_("Stop it")),),
                ways=(own_way(page.gift.gift_id),),
            )
        ended = page.act is None and not page.gift.live
        return Sheet(
            title=_("This monthly gift"),
            lead=_("It has ended. Nothing more is taken.") if ended else "",
            facts=() if page.act is not None else (*facts_of(page.gift), *given),
            outcome=told(page.act, kind=page.gift.kind),
            note="" if ended or page.act is not None else busy(),
        )


class More(LinkPage):
    """In an offer: raise the gift by exactly what the mail said."""

    def look(self, token: str) -> UpgradePage | None:
        return upgrade_page(token=token, now=self.now)

    def act(self, request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            accept_upgrade(token=token, now=self.now)
        except GiftChanged:
            return self.show(request, token, status=409)
        return see_other(request.path)

    def sheet(self, page: UpgradePage, *, token: str) -> Sheet:
        gift = page.gift
        after = each_time(page.sum_after_minor, gift.interval, currency=gift.currency)
        if page.can_accept:
            facts = [(_("What for"), ", ".join(gift.titles)), (_("Now"), _sum_of(gift)), (_("Then"), after)]
            if gift.next_dates:
                facts.append((_("For the first time on"), on_day(gift.next_dates[0])))
            return Sheet(
                title=_("Give %(sum)s more") % {"sum": format_money(page.add_minor, currency=gift.currency)},
                lead=_("Only if you want to. Nothing is taken now, and you can lower it again any time."),
                facts=tuple(facts),
                presses=(Press(_("Give %(sum)s") % {"sum": after}, kind="give"),),
                ways=(own_way(gift.gift_id),),
            )
        changed = _("The gift was changed since that mail was written, so this link does nothing any more.")
        return Sheet(
            title=_("This monthly gift"),
            facts=() if page.act is not None else tuple(facts_of(gift)),
            outcome=told(page.act, kind=gift.kind),
            note="" if page.act is not None else changed if page.changed else busy(),
            ways=(own_way(gift.gift_id),),
        )


class Merge(LinkPage):
    """In the first mail of a second gift to the same need: raise the first by it, and end it."""

    def look(self, token: str) -> MergePage | None:
        return merge_page(token=token, now=self.now)

    def act(self, request: HttpRequest, token: str) -> HttpResponseBase:
        merge_by_link(token=token, now=self.now)
        return see_other(request.path)

    def sheet(self, page: MergePage, *, token: str) -> Sheet:
        keep, end = page.keep, page.end
        both = ((_("The first gift"), _line_of(keep)), (_("The second gift"), _line_of(end)))
        if page.can_merge:
            together = each_time(page.sum_after_minor, keep.interval, currency=keep.currency)
            facts = (*both, (_("Then one gift"), together), (_("Next dates"), days(keep.next_dates)))
            return Sheet(
                title=_("Make one of the two"),
                lead=_(
                    "You give to the same need twice. The first gift grows by the second, and the second ends."
                    " Nothing is taken now."
                ),
                facts=facts,
                presses=(Press(_("Make one of them: %(sum)s") % {"sum": together}),),
                note=_("If you want both, do nothing."),
            )
        differ = _("They are not given equally often, so they can’t be one. Change one of them first.")
        return Sheet(
            title=_("Your two gifts"),
            facts=() if page.act is not None else both,
            outcome=told(page.act, kind=keep.kind),
            note="" if page.act is not None else differ if keep.interval != end.interval else busy(),
            ways=(own_way(keep.gift_id),),
        )


def facts_of(gift: LinkedGift) -> list[Fact]:
    """What a monthly gift is."""
    return [(_("Each gift"), _sum_of(gift)), (_("What for"), ", ".join(gift.titles))]


def told(act: ActRow | None, *, kind: MonthlyKind) -> Outcome | None:
    """How the link's act ended, if it was used. A refusal leaves the link as it was."""
    return None if act is None or act.state is ActState.REFUSED else outcome_of(act, kind=kind)


def busy() -> str:
    """Why nothing can be pressed, where the gift goes on."""
    return _("It can’t be done at this moment: something else is being confirmed, or the gift stands otherwise now.")


def own_way(gift_id: int) -> tuple[str, str]:
    """The gift among its donor's own pages, behind signing in."""
    return _("Everything else, after signing in"), reverse("giving:monthly", args=[gift_id])


def _sum_of(gift: LinkedGift) -> str:
    return each_time(gift.sum_minor, gift.interval, currency=gift.currency)


def _line_of(gift: LinkedGift) -> str:
    return f"{_sum_of(gift)}, {', '.join(gift.titles)}"
