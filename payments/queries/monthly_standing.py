"""What the state of a monthly gift means to its donor, in one sentence."""

from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from payments.models import MonthlyGift
from payments.monthly_states import LIVE, MonthlyKind, MonthlyState, TroubleState
from payments.queries.monthly_can import is_paused


class Standing(TextChoices):
    """How a monthly gift stands, as its donor is told: each label is the sentence on the page."""

    BEING_SET_UP = (
        "being_set_up",
        _("It has not begun yet: it waits to be confirmed on the payment page."),
    )  # the page on which it is confirmed is open, or being opened
    BEGINS = (
        "begins",
        _("All is set up. The next gift will be taken on the day shown."),
    )  # nothing was taken under it yet
    TAKEN = "taken", _("All is well. Each gift is taken by itself on its day.")  # automatic and in order
    ASKED = (
        "asked",
        _("All is well. On the day you get a mail with a link; nothing is taken by itself."),
    )  # by hand and in order
    SKIPPED = "skipped", _("The next gift is skipped. Then it goes on by itself.")  # one gift is left out
    PAUSED = (
        "paused",
        _("It is paused. Nothing is taken until the pause ends; then it goes on by itself."),
    )  # for months
    TRIED_AGAIN = (
        "tried_again",
        _("The last gift could not be taken. It will be tried again by itself."),
    )  # the provider still tries
    NEEDS_DONOR = (
        "needs_donor",
        _("The last gift waits for your confirmation at the bank."),
    )  # the bank wants the donor
    NOT_PAID = (
        "not_paid",
        _("The last gift could not be taken, and it is not tried again unless you ask for it."),
    )  # the provider stopped trying
    WITHOUT_METHOD = "without_method", _("Nothing can be taken: a way to pay is missing.")  # no card is kept
    ENDED = "ended", _("It has ended. Nothing more is taken.")  # confirmed by the provider, or by hand ended by us
    NEVER_BEGAN = "never_began", _("It was not confirmed, so it never began. Nothing was taken.")  # page closed unused


_BY_STATE = {
    MonthlyState.DRAFT: Standing.BEING_SET_UP,
    MonthlyState.CHECKOUT_OPEN: Standing.BEING_SET_UP,
    MonthlyState.INCOMPLETE: Standing.BEING_SET_UP,
    MonthlyState.EXPIRED: Standing.NEVER_BEGAN,
    MonthlyState.INCOMPLETE_EXPIRED: Standing.NEVER_BEGAN,
    MonthlyState.CANCELLED: Standing.ENDED,
    MonthlyState.PAUSED: Standing.WITHOUT_METHOD,
    MonthlyState.UNPAID: Standing.NOT_PAID,
    MonthlyState.PAST_DUE: Standing.TRIED_AGAIN,
}


def standing_of(*, gift: MonthlyGift, skipped: bool, trouble: TroubleState | None, now: datetime) -> Standing:
    """How `gift` stands. `skipped`: what pauses it is a skip. `trouble`: where its failed renewal stands, if one is open."""
    state = MonthlyState(gift.state)
    if trouble is TroubleState.ACTION_REQUIRED and state in LIVE:
        return Standing.NEEDS_DONOR
    if state in _BY_STATE:
        return _BY_STATE[state]
    if is_paused(gift=gift, now=now):
        return Standing.SKIPPED if skipped else Standing.PAUSED
    if gift.kind == MonthlyKind.BY_HAND:
        return Standing.ASKED
    return Standing.BEGINS if state is MonthlyState.TRIALING else Standing.TAKEN
