"""The words of a monthly gift: where it stands, how often it is given, what was done to it."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class MonthlyKind(TextChoices):
    """How a monthly gift is paid."""

    AUTOMATIC = "automatic", pgettext_lazy("monthly gift", "by itself")  # the provider takes each gift on its day
    BY_HAND = (
        "by_hand",
        pgettext_lazy("monthly gift", "by a mail each time"),
    )  # a mail on the day; nothing is taken unless the donor pays


class Interval(TextChoices):
    """How often a monthly gift is given. The word 'monthly' covers all three."""

    MONTH = "month", pgettext_lazy("interval", "every month")  # twelve times a year
    QUARTER = "quarter", pgettext_lazy("interval", "every three months")  # four times a year
    YEAR = "year", pgettext_lazy("interval", "every year")  # once a year


MONTHS_OF: dict[Interval, int] = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}


class MonthlyState(TextChoices):
    """Where a monthly gift stands. From INCOMPLETE on these are the provider's eight words, mirrored."""

    DRAFT = "draft", pgettext_lazy("monthly gift", "being prepared")  # committed by us, no answer known yet
    CHECKOUT_OPEN = (
        "checkout_open",
        pgettext_lazy("monthly gift", "waiting for the donor"),
    )  # the page on which it is confirmed is open
    EXPIRED = "expired", pgettext_lazy("monthly gift", "not begun")  # that page closed without a confirmation
    INCOMPLETE = (
        "incomplete",
        pgettext_lazy("monthly gift", "first payment not confirmed"),
    )  # the first payment needs the donor
    INCOMPLETE_EXPIRED = (
        "incomplete_expired",
        pgettext_lazy("monthly gift", "first payment not made"),
    )  # the first payment never came; final
    TRIALING = (
        "trialing",
        pgettext_lazy("monthly gift", "begins on its day"),
    )  # set up; the first gift is taken on a later day
    ACTIVE = "active", pgettext_lazy("monthly gift", "active")  # all is well
    PAST_DUE = "past_due", pgettext_lazy("monthly gift", "last payment failed")  # the provider still tries
    UNPAID = "unpaid", pgettext_lazy("monthly gift", "not paid")  # the provider stopped trying; it can be mended
    CANCELLED = "cancelled", pgettext_lazy("monthly gift", "ended")  # nothing is taken any more
    PAUSED = (
        "paused",
        pgettext_lazy("monthly gift", "without a way to pay"),
    )  # the provider stopped it for want of a payment method


LIVE = frozenset(
    {MonthlyState.TRIALING, MonthlyState.ACTIVE, MonthlyState.PAST_DUE, MonthlyState.UNPAID, MonthlyState.PAUSED}
)
"""States in which the donor is committed: a second gift to the same need would be a second commitment."""
ENDED = frozenset({MonthlyState.EXPIRED, MonthlyState.INCOMPLETE_EXPIRED, MonthlyState.CANCELLED})
NOT_BEGUN = frozenset({MonthlyState.DRAFT, MonthlyState.CHECKOUT_OPEN, MonthlyState.INCOMPLETE})


class ReceiptPolicy(TextChoices):
    """Which receipts a monthly donor is mailed. A record is made for each gift all the same."""

    EACH = "each", pgettext_lazy("receipts", "a receipt for each gift")  # a mail after each gift
    YEARLY = "yearly", pgettext_lazy("receipts", "one statement a year")  # a mail for the first gift, then one a year


class ActVerb(TextChoices):
    """What can be done to a monthly gift. Each is one operation."""

    CHANGE = "change", pgettext_lazy("act", "change")  # another sum, need, interval, day or covered fee
    SKIP = "skip", pgettext_lazy("act", "skip the next")  # the next gift is not taken
    PAUSE = "pause", pgettext_lazy("act", "pause")  # nothing is taken for 1 to 12 months, then it goes on by itself
    RESUME = "resume", pgettext_lazy("act", "resume")  # a pause or a skip ends now
    CANCEL = "cancel", pgettext_lazy("act", "end")  # nothing is taken any more
    RESTART = "restart", pgettext_lazy("act", "begin again")  # an ended gift goes on, with the method that was kept
    USE_METHOD = "use_method", pgettext_lazy("act", "another card")  # a new way to pay is used from now on
    SWITCH_KIND = "switch_kind", pgettext_lazy("act", "another way of giving")  # by itself, or by a mail each time
    MERGE = "merge", pgettext_lazy("act", "join two gifts")  # this one is raised by another one, which ends
    MEND = "mend", pgettext_lazy("act", "pay what failed")  # an open renewal is tried again


class ActState(TextChoices):
    """What is known of an act."""

    REQUESTED = "requested", pgettext_lazy("act", "being asked")  # committed by us, the provider is being asked
    UNKNOWN = "unknown", pgettext_lazy("act", "in doubt")  # no answer; it may have happened; it is looked up again
    CONFIRMED = "confirmed", pgettext_lazy("act", "done")  # read back from the provider
    REFUSED = "refused", pgettext_lazy("act", "refused")  # it did not happen and will not


class CancelReason(TextChoices):
    """Why a donor ends a monthly gift, if they want to say. A closed list, so that nobody types what endangers them."""

    MONEY = "money", pgettext_lazy("why", "I can't afford it now")  # offered once: less, or a pause
    OTHER_WAY = "other_way", pgettext_lazy("why", "I will help in another way")  # for example as a volunteer
    NOT_MEANT = "not_meant", pgettext_lazy("why", "I meant to give once")  # a monthly gift by accident
    UNHAPPY = "unhappy", pgettext_lazy("why", "I don't agree with how it is used")  # worth asking ourselves
    SAFETY = "safety", pgettext_lazy("why", "It has become unsafe for me")  # no question is asked
    OTHER = "other", pgettext_lazy("why", "another reason")  # nothing more is asked


class TroubleState(TextChoices):
    """Where a renewal that failed stands."""

    RETRYING = "retrying", pgettext_lazy("renewal", "tried again later")  # the provider tries again on a known day
    ACTION_REQUIRED = (
        "action_required",
        pgettext_lazy("renewal", "needs the donor"),
    )  # the bank wants the donor's confirmation
    FAILED = "failed", pgettext_lazy("renewal", "failed")  # nobody tries any more unless the donor does
    MENDED = "mended", pgettext_lazy("renewal", "paid")  # the money came after all; final
    DROPPED = "dropped", pgettext_lazy("renewal", "dropped")  # voided, skipped or ended with the gift; final


TROUBLE_MOVES: dict[TroubleState, frozenset[TroubleState]] = {
    TroubleState.RETRYING: frozenset(
        {TroubleState.ACTION_REQUIRED, TroubleState.FAILED, TroubleState.MENDED, TroubleState.DROPPED}
    ),
    TroubleState.ACTION_REQUIRED: frozenset(
        {TroubleState.RETRYING, TroubleState.FAILED, TroubleState.MENDED, TroubleState.DROPPED}
    ),
    TroubleState.FAILED: frozenset(
        {TroubleState.RETRYING, TroubleState.ACTION_REQUIRED, TroubleState.MENDED, TroubleState.DROPPED}
    ),
    TroubleState.MENDED: frozenset(),
    TroubleState.DROPPED: frozenset(),
}


class OccasionState(TextChoices):
    """Where one due date of a gift by hand stands."""

    WAITING = "waiting", pgettext_lazy("occasion", "to come")  # its day has not come
    ASKED = "asked", pgettext_lazy("occasion", "asked")  # the mail is in the outbox
    GIVEN = "given", pgettext_lazy("occasion", "given")  # its donation is settled
    SKIPPED = "skipped", pgettext_lazy("occasion", "skipped")  # the donor left this one out
    LAPSED = "lapsed", pgettext_lazy("occasion", "passed")  # the next one came, or the gift ended


class LinkPurpose(TextChoices):
    """What a link in a mail may do, and nothing else."""

    UNDO = "undo", pgettext_lazy("link", "stop a gift that was not meant monthly")  # in the first mail
    MEND = "mend", pgettext_lazy("link", "mend one payment")  # in the mail about a failed renewal
    UPGRADE = "upgrade", pgettext_lazy("link", "give more")  # raises by a fixed sum
    OCCASION = "occasion", pgettext_lazy("link", "give, skip or stop")  # in the mail of a gift by hand
    MERGE = "merge", pgettext_lazy("link", "join two gifts to one")  # in the first mail of a second gift
