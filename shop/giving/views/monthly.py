"""One monthly gift: how it stands, its next dates, what can be done, and what was done."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from payments.monthly_calendar import warsaw_day
from payments.monthly_states import ActVerb, MonthlyKind, TroubleState
from payments.queries.monthly import MonthlyPage, MonthlyRow, monthly_gift_page
from shop.giving.access import OwnPage, crumbs
from shop.giving.words import Fact, Outcome, each_time, face_of, history_of, on_day, outcome_of, state_of

NOT_NOW = "not-now"
"""In the address, when an act is not possible in the present state."""
RECEIPTS = "receipts"
"""In the address, when it was changed which receipts are mailed."""
NO_CARD = "no-card"
"""In the address, when the donor is back from the provider's page without having given a card."""
LATER = "later"
"""In the address, when the provider didn't say what became of its page."""


class MonthlyOwn(OwnPage):
    """What belongs to one monthly gift of the donor who is signed in; another's is not there."""

    names_object = True

    def find(self, gift_id: int) -> MonthlyPage:
        """The gift. Raises Http404."""
        found = monthly_gift_page(gift_id=gift_id, donor_id=self.donor_id, now=self.now)
        if found is None:
            raise Http404
        return found


class Monthly(MonthlyOwn):
    """The gift's page; ?act=<number> says how that act ended."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, gift_id: int) -> HttpResponse:
        found = self.find(gift_id)
        row = found.row
        context = {
            "row": row,
            "face": face_of(row),
            "state": state_of(row),
            "title": each_time(row.sum_minor, row.interval, currency=row.currency),
            "outcome": _outcome(found, request.GET.get("act", "")),
            "not_now": NOT_NOW in request.GET,
            "receipts_kept": RECEIPTS in request.GET,
            "no_card": NO_CARD in request.GET,
            "later": LATER in request.GET,
            "can_mend": ActVerb.MEND in row.can and _card_works(row, self.now),
            "can_card": ActVerb.USE_METHOD in row.can,
            "details": _details(row),
            "gifts": found.gifts,
            "acts": _acts(row),
            "history": history_of(found.acts),
            "dates_title": _("Next mails") if row.kind is MonthlyKind.BY_HAND else _("Next gifts"),
            **crumbs(_("Monthly gift")),
        }
        return render(request, "pages/giving/monthly.html", context)


def address_of(gift_id: int) -> str:
    """The page of a monthly gift."""
    return reverse("giving:monthly", args=[gift_id])


def _card_works(row: MonthlyRow, now: datetime) -> bool:
    """Whether the card that is kept may be tried again: it isn't over, and the bank doesn't ask for the donor."""
    if row.trouble is None or row.trouble.state is TroubleState.ACTION_REQUIRED or not row.method_kind:
        return False
    today = warsaw_day(now)
    return row.method_expires is None or row.method_expires >= today.year * 100 + today.month


def _details(row: MonthlyRow) -> list[Fact]:
    """How it is set up."""
    facts = [(_("How it is given"), str(row.kind.label).capitalize())]
    if row.method_kind and row.kind is MonthlyKind.AUTOMATIC:
        facts.append((_("Way to pay"), _method(row)))
    if row.began_on:
        facts.append((_("Began on"), on_day(row.began_on)))
    if row.ended_on:
        facts.append((_("Ended on"), on_day(row.ended_on)))
    facts.append((_("Mails"), str(row.receipt_policy.label).capitalize()))
    return facts


def _method(row: MonthlyRow) -> str:
    kind = _("card") if row.method_kind == "card" else row.method_kind.upper()
    if row.method_expires is None:
        return kind
    year, month = divmod(row.method_expires, 100)
    return _("%(kind)s, valid to %(month)s/%(year)s") % {"kind": kind, "month": f"{month:02}", "year": year}


def _outcome(found: MonthlyPage, asked: str) -> Outcome | None:
    """How the act asked for ended; else what is in doubt, which is said on every visit."""
    acts = [act for act in found.acts if str(act.act_id) == asked] or [found.row.doubt]
    return next((outcome_of(act, kind=found.row.kind) for act in acts if act is not None), None)


def _acts(row: MonthlyRow) -> list[tuple[str, str, str]]:
    """What can be done now: title, meaning, address. In an order that hides nothing: the end is always there."""
    by_hand = row.kind is MonthlyKind.BY_HAND
    offered = {
        ActVerb.RESUME: (_("Go on now"), _("The pause or the skip ends."), "monthly_resume"),
        ActVerb.CHANGE: (_("Change it"), _("Another sum, need, interval or day."), "monthly_change"),
        ActVerb.SKIP: (_("Skip the next one"), _("One gift is left out, then it goes on."), "monthly_skip"),
        ActVerb.PAUSE: (_("Pause"), _("For one to twelve months. Then it goes on by itself."), "monthly_pause"),
        ActVerb.USE_METHOD: (_("Use another card"), _("On the payment provider’s page."), "monthly_card"),
        ActVerb.SWITCH_KIND: (
            _("Give by card, by itself") if by_hand else _("Give without a card"),
            _("You need not think of it any more.")
            if by_hand
            else _("A mail on the day; you pay by BLIK, or you don’t. Nothing is taken by itself."),
            "monthly_switch",
        ),
        ActVerb.RESTART: (_("Begin it again"), _("With the same sum and day."), "monthly_restart"),
        ActVerb.CANCEL: (_("End it"), _("Nothing more is taken. You can begin again any time."), "monthly_cancel"),
    }
    return [
        (title, meaning, reverse(f"giving:{name}", args=[row.gift_id]))
        for verb, (title, meaning, name) in offered.items()
        if verb in row.can
    ]
