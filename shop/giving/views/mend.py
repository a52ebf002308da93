"""Paying one renewal that failed: from the link in its mail, or signed in. That one, its own sum, nothing else."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.money import format_money
from payments.models import MonthlyGift
from payments.monthly_states import ActState, ActVerb, TroubleState
from payments.operations import ProviderRefused, ProviderUnavailable
from payments.operations.monthly.acts import Acted, NotNow, NotNowReason
from payments.operations.monthly.mend import mend_on_return, mend_payment, pay_trouble
from payments.queries.monthly import MonthlyPage, MonthlyRow
from payments.queries.monthly_links import MendPage, mend_page
from shop.giving.access import see_other
from shop.giving.views.acts import ActPage
from shop.giving.views.links import LinkPage, Press, Sheet, own_way
from shop.giving.words import Fact, on_day

BACK = "back"
"""In the address, when the donor is back from the provider's page."""
REFUSED = "refused"
"""In the address, when the bank said no."""


class Mend(LinkPage):
    """In the mail about a failed renewal."""

    def look(self, token: str) -> MendPage | None:
        return mend_page(token=token, now=self.now)

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        self.found(token)
        if BACK in request.GET:
            try:
                back = mend_on_return(token=token, now=self.now)
            except (ProviderUnavailable, ProviderRefused, NotNow):
                return self.show(request, token, trouble=_unclear())
            return self._led(request, back)
        return self.show(request, token, trouble=_no() if REFUSED in request.GET else "")

    def act(self, request: HttpRequest, token: str) -> HttpResponseBase:
        mending = mend_payment(token=token, with_kept=request.POST.get("with") == "kept", now=self.now)
        return see_other(mending.url) if mending is not None and mending.url else self._led(request, mending)

    def sheet(self, page: MendPage, *, token: str) -> Sheet:
        sum_text = format_money(page.sum_minor, currency=page.currency)
        facts: list[Fact] = [
            (_("Sum"), sum_text),
            (_("What for"), ", ".join(page.titles)),
            (_("Was due on"), on_day(page.due_on)),
        ]
        if page.to_pay:
            if page.next_try_on:
                facts.append((_("Else tried again by itself on"), on_day(page.next_try_on)))
            other = Press(_("Pay %(sum)s with another card") % {"sum": sum_text}, name="with", value="other")
            kept = Press(_("Pay %(sum)s with the same card") % {"sum": sum_text}, name="with", value="kept")
            lead = _("One gift could not be taken. Here you can pay it; this page can do nothing else.")
            if page.state is TroubleState.ACTION_REQUIRED:
                lead = _("Your bank wants you to confirm this gift. On the payment provider’s page you can.")
            presses = (kept, _quiet(other)) if page.can_use_kept else (other,)
            return Sheet(title=_("A gift that could not be taken"), lead=lead, facts=tuple(facts), presses=presses)
        return Sheet(
            title=_("Paid") if page.state is TroubleState.MENDED else _("A gift that could not be taken"),
            lead=_how_it_stands(page),
            facts=tuple(facts),
            ways=(own_way(page.gift_id),),
        )

    def _led(self, request: HttpRequest, mending: Any) -> HttpResponseBase:
        refused = mending is not None and mending.act is not None and mending.act.state is ActState.REFUSED
        return see_other(f"{request.path}?{REFUSED}=1" if refused else request.path)


class OwnMend(ActPage):
    """The same, for the donor who is signed in: with the card that is kept."""

    verb = ActVerb.MEND
    title = gettext_lazy("Pay what could not be taken")
    lead = gettext_lazy("The open gift is tried once more, now, with the card that is kept.")
    button = gettext_lazy("Pay it now")

    def facts(self, row: MonthlyRow) -> list[Fact]:
        if row.trouble is None:
            return super().facts(row)
        due = row.trouble
        return [
            (_("Sum"), format_money(due.amount_minor, currency=row.currency)),
            (_("Was due on"), on_day(due.due_on)),
        ]

    def do(self, found: MonthlyPage, form: Any, **common: Any) -> Acted:
        if found.row.trouble is None:
            raise NotNow(NotNowReason.WRONG_STATE)
        method_ref = MonthlyGift.objects.values_list("method_ref", flat=True).get(pk=found.row.gift_id)
        if not method_ref:
            raise NotNow(NotNowReason.NO_METHOD)
        return pay_trouble(trouble_id=found.row.trouble.trouble_id, method_ref=method_ref, now=self.now)


def _quiet(press: Press) -> Press:
    return Press(press.text, kind="quiet", name=press.name, value=press.value)


def _how_it_stands(page: MendPage) -> str:
    if page.in_doubt:
        return _(
            "It is not known yet whether the payment of a moment ago went through. Please don’t pay again: we ask, and"
            " write to you."
        )
    if page.state is TroubleState.MENDED:
        return _("This gift is paid. Thank you.")
    if page.ended:
        return _("The monthly gift has ended, so there is nothing to pay any more.")
    return _("There is nothing to pay here any more.")


def _no() -> str:
    return _("The bank did not accept this. Nothing was charged. You can try another way to pay.")


def _unclear() -> str:
    return _("The payment provider has not answered. We ask again by ourselves; please don’t pay twice.")
