"""One day of a gift by hand, from the link in its mail: give, leave it out, or stop. Nothing is taken by itself."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from core.money import format_money
from payments.monthly_states import OccasionState
from payments.operations.monthly.occasion_links import OccasionClosed, give_occasion, skip_occasion
from payments.operations.monthly.undo import stop_by_link
from payments.queries.occasions import OccasionPage, occasion_page
from shop.giving.access import see_other
from shop.giving.views.links import LinkPage, Press, Sheet
from shop.giving.words import Fact, each_time, on_day


class OccasionLink(LinkPage):
    """What the three pages share."""

    def look(self, token: str) -> OccasionPage | None:
        return occasion_page(token=token, now=self.now)

    def facts(self, page: OccasionPage) -> tuple[Fact, ...]:
        """What is asked for, line by line."""
        lines = [
            (f"{line.quantity} × {line.title}" if line.quantity > 1 else line.title, _money(page, line.total_minor))
            for line in page.lines
        ]
        if page.cover_fee_minor:
            lines.append((_("Cost of the payment, covered by you"), _money(page, page.cover_fee_minor)))
        return (*lines, (_("Together"), _money(page, page.sum_minor)), (_("Day"), on_day(page.due_on)))

    def closed(self, page: OccasionPage) -> Sheet:
        """Nothing can be done for this day any more: why."""
        words = {
            OccasionState.GIVEN: _("This gift is given. Thank you."),
            OccasionState.SKIPPED: _("This one is left out. The next mail comes on the next day of this gift."),
        }
        lead = words.get(page.state, _("The day of this gift has passed. The next mail brings a new link."))
        if page.on_its_way:
            lead = _("Your bank has not confirmed the payment yet. Please don’t pay a second time.")
        ways = ()
        if page.thank_you_token:
            ways = ((_("How the payment stands"), reverse("storefront:thank_you", args=[page.thank_you_token])),)
        return Sheet(
            title=_("Your gift of %(day)s") % {"day": on_day(page.due_on)}, lead=lead, facts=self.facts(page), ways=ways
        )


class Give(OccasionLink):
    """Leads to the prefilled payment page."""

    def act(self, request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            started = give_occasion(token=token, now=self.now)
        except OccasionClosed:
            return see_other(request.path)
        if started is not None and started.checkout_url:
            return see_other(started.checkout_url)
        return see_other(reverse("storefront:thank_you", args=[started.token]) if started else request.path)

    def sheet(self, page: OccasionPage, *, token: str) -> Sheet:
        if not page.can_give:
            return self.closed(page)
        return Sheet(
            title=_("Your gift of %(day)s") % {"day": on_day(page.due_on)},
            lead=_(
                "If you give today, you pay on the payment provider’s page, by BLIK or card. If not, nothing is taken."
            ),
            facts=self.facts(page),
            presses=(Press(_("Give %(sum)s") % {"sum": _money(page, page.sum_minor)}, kind="give"),),
            ways=(
                (_("Leave this one out"), reverse("giving:link_skip", args=[token])),
                (_("Stop these mails and the monthly gift"), reverse("giving:link_stop", args=[token])),
            ),
        )


class Skip(OccasionLink):
    """This one is left out."""

    def act(self, request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            skip_occasion(token=token, now=self.now)
        except OccasionClosed:
            return see_other(request.path)
        return see_other(request.path)

    def sheet(self, page: OccasionPage, *, token: str) -> Sheet:
        if not page.can_skip:
            return self.closed(page)
        return Sheet(
            title=_("Leave this one out"),
            lead=_("Nothing is taken in any case. The next mail comes on the next day of this gift."),
            facts=self.facts(page),
            presses=(Press(_("Leave it out")),),
            ways=((_("Give it after all"), reverse("giving:link_give", args=[token])),),
        )


class Stop(OccasionLink):
    """The monthly gift ends, and its mails."""

    def act(self, request: HttpRequest, token: str) -> HttpResponseBase:
        stop_by_link(token=token, why=None, now=self.now)
        return see_other(request.path)

    def sheet(self, page: OccasionPage, *, token: str) -> Sheet:
        each: Any = each_time(page.sum_minor, page.interval, currency=page.currency)
        facts = ((_("Each gift"), each), (_("What for"), ", ".join(dict.fromkeys(line.title for line in page.lines))))
        if not page.can_stop:
            return Sheet(
                title=_("Ended"),
                lead=_("The monthly gift has ended. No more mails come for it. Thank you for what you gave."),
                facts=facts,
            )
        return Sheet(
            title=_("Stop the monthly gift"),
            lead=_("No more mails come for it. You can begin again any time."),
            facts=facts,
            presses=(Press(_("Stop it")),),
            ways=((_("Leave only this one out"), reverse("giving:link_skip", args=[token])),),
        )


def _money(page: OccasionPage, minor: int) -> str:
    return format_money(minor, currency=page.currency)
