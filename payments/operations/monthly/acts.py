"""Acts on a monthly gift: who may, when it can be, and the row that is committed before anybody is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec

from django.db import IntegrityError, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.trail import ReasonMissing
from payments import current_provider
from payments.models import MonthlyAct, MonthlyGift, MonthlyTerms, RenewalTrouble
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import ActState, ActVerb, MonthlyKind, MonthlyState
from payments.monthly_told import Told
from payments.operations.asking import outside_database_transaction
from payments.provider import InvoiceStatus, SubscriptionFacts
from payments.queries.monthly_can import possible_acts
from payments.queries.monthly_rows import IN_THE_AIR, OPEN_TROUBLE

LONGEST_REQUEST_KEY = 80
"""An act on two gifts makes a second key of it."""
CHARGE_IS_NEAR = timedelta(hours=1)
"""What is asked for so shortly before the renewal may come too late."""
MADE_BEFORE_TAKEN = timedelta(hours=3)
"""The provider makes a renewal about an hour before it takes it; nobody needs to look any later than this."""


class NotNowReason(models.TextChoices):
    """Why an act can't be done at this moment. Each label is what the donor is told."""

    BUSY = (
        "busy",
        _("Another change to this gift is being made at this moment. Please try again in a minute."),
    )  # an act is in the air: one at a time
    WRONG_STATE = "wrong_state", _("This can't be done to the gift as it stands now.")  # not among what is possible
    TOO_CLOSE = (
        "too_close",
        _("The next gift is about to be taken. Please do this tomorrow."),
    )  # it might come too late, and what was told would not be true
    NOTHING_CHANGES = "nothing_changes", _("That is how it is already. Nothing was changed.")  # the same terms again
    ALREADY_SKIPPED = "already_skipped", _("The next gift is skipped already.")  # one skip at a time
    NO_METHOD = "no_method", _("No way to pay is kept that could be used.")  # the donor has to give one
    MEND_FIRST = (
        "mend_first",
        _("The last gift could not be taken. Please pay it first, or end the monthly gift."),
    )  # the open renewal hangs on the subscription that would be replaced
    OTHER_INTERVAL = (
        "other_interval",
        _("Only gifts that are given equally often can be joined. Please change one of them first."),
    )  # a sum of a month and a sum of a year don't add up
    DONOR_ONLY = "donor_only", _("Only the donor can give a way to pay.")  # nobody reads a card number to staff


class NotNow(Exception):
    """The act can't be done at this moment; nothing was committed. To be expected. `reason` holds the words."""

    def __init__(self, reason: NotNowReason) -> None:
        self.reason = reason
        super().__init__(reason.value)

    @property
    def words(self) -> str | Promise:
        """What the donor is told."""
        return self.reason.label


class ActKeyReused(Exception):
    """A request key came back for another gift or another verb. A mistake of the form's."""

    def __init__(self, *, act_id: int) -> None:
        self.act_id = act_id
        super().__init__(str(act_id))


REFUSALS: Mapping[str, str | Promise] = {
    "card_declined": _("The bank did not accept this. Nothing was changed. You can try another way to pay."),
    "rate_limited": _("Many people are giving at this moment. Nothing was changed. Please try again in a minute."),
    "never_happened": _("The payment provider could not be reached in time. Nothing was changed."),
    "read_back_differs": _("The payment provider answered with something else. What is shown now is what is true."),
}
"""Why an act was refused, by its `failure_kind`."""
REFUSED_ANYHOW = _("The payment provider did not accept this. Nothing was changed.")


@dataclass(frozen=True)
class By:
    """Who acts: the donor (by session or by a link in a mail), or somebody of the staff, with a reason."""

    donor_id: int | None = None
    staff: User | None = None
    reason: str = ""

    def check(self, *, gift: MonthlyGift) -> None:
        """Raises MonthlyGift.DoesNotExist for another donor's gift, core.trail.ReasonMissing, ValueError for nobody."""
        if self.staff is not None:
            if not self.reason.strip():
                raise ReasonMissing("monthly gift")
        elif self.donor_id is None:
            raise ValueError("an act needs somebody who acts")
        elif self.donor_id != gift.donor_id:
            raise MonthlyGift.DoesNotExist(str(gift.pk))


@dataclass(frozen=True)
class Acted:
    """How an act stands. `told` is what was read back, and None unless `state` is CONFIRMED; `url` is where the donor
    goes on, if there is something to be done on a page of the provider's.

    UNKNOWN (and REQUESTED) means: in doubt, looked up again by itself, and told by mail. Without `act_id` nothing was
    done yet: the act follows when the donor comes back from `url`.
    """

    act_id: int | None
    state: ActState
    told: Told | None
    failure_kind: str = ""
    url: str = ""

    @property
    def refusal(self) -> str | Promise:
        """Why it was refused, in words; empty unless it was."""
        return REFUSALS.get(self.failure_kind, REFUSED_ANYHOW) if self.state is ActState.REFUSED else ""


def acted(act: MonthlyAct) -> Acted:
    """A stored act as an answer."""
    return Acted(
        act_id=act.pk,
        state=ActState(act.state),
        told=Told.from_json(act.told) if act.told is not None and act.state == ActState.CONFIRMED else None,
        failure_kind=act.failure_kind,
    )


P = ParamSpec("P")


def one_act(operation: Callable[P, Acted]) -> Callable[P, Acted]:
    """The same `request_key` is the same act also for twins at once: one that is told that another act is in the air asks
    again whether that is its own, committed meanwhile by a quicker twin."""

    @wraps(operation)
    def once(*args: P.args, **kwargs: P.kwargs) -> Acted:
        try:
            return operation(*args, **kwargs)
        except NotNow:
            if not MonthlyAct.objects.filter(request_key=kwargs["request_key"]).exists():
                raise
            return operation(*args, **kwargs)

    return once


def known_act(*, gift_id: int, verb: ActVerb, by: By, request_key: str) -> MonthlyAct | None:
    """The act that this request was before, whatever became of it. Called outside any database transaction.

    Raises ActKeyReused, ValueError for a key that is too long, and what By.check raises.
    """
    outside_database_transaction()
    if not 0 < len(request_key) <= LONGEST_REQUEST_KEY:
        raise ValueError("a request key has 1 to 80 characters")
    by.check(gift=MonthlyGift.objects.get(pk=gift_id))
    return _same(gift_id=gift_id, verb=verb, request_key=request_key)


def clear_the_way(*, gift_id: int, now: datetime) -> None:
    """Look up what became of an act in doubt, so that it doesn't stand in the way of the next for longer than it must."""
    from payments.operations.monthly.resolve import resolve_act  # it knows every verb, and every verb knows this module

    doubtful = MonthlyAct.objects.filter(gift_id=gift_id, state=ActState.UNKNOWN).first()
    if doubtful is not None:
        resolve_act(act_id=doubtful.pk, now=now)


def _same(*, gift_id: int, verb: ActVerb, request_key: str) -> MonthlyAct | None:
    known = MonthlyAct.objects.filter(request_key=request_key).first()
    if known is not None and (known.gift_id, known.verb) != (gift_id, verb):
        raise ActKeyReused(act_id=known.pk)
    return known


def check_possible(*, gift: MonthlyGift, verb: ActVerb, now: datetime) -> None:
    """Raises NotNow when another act is in the air, or the gift's state doesn't allow this one."""
    if MonthlyAct.objects.filter(gift=gift, state__in=IN_THE_AIR).exists():
        raise NotNow(NotNowReason.BUSY)
    in_trouble = RenewalTrouble.objects.filter(gift=gift, state__in=OPEN_TROUBLE).exists()
    if verb in possible_acts(gift=gift, in_the_air=False, in_trouble=in_trouble, now=now):
        return
    skipped = verb is ActVerb.SKIP and gift.paused_until is not None and gift.paused_until > now
    raise NotNow(NotNowReason.ALREADY_SKIPPED if skipped else NotNowReason.WRONG_STATE)


def commit_act(
    *,
    gift_id: int,
    verb: ActVerb,
    by: By,
    request_key: str,
    params: Mapping[str, Any],
    now: datetime,
    write_terms: Callable[[MonthlyGift], MonthlyTerms] | None = None,
    because: str = "",
    in_any_state: bool = False,
) -> MonthlyAct:
    """Store the act, and the version of terms it brings, before anybody is asked. The same key is the same act.

    Everything that will be asked of the provider stands in `params` or the terms, so that asking again asks the same.
    `because` is the donor's reason for the trail. Raises NotNow, ActKeyReused.
    """
    with transaction.atomic(durable=True):
        gift = locked_gift(gift_id)
        known = _same(gift_id=gift_id, verb=verb, request_key=request_key)
        if known is not None:
            return known
        if not in_any_state:
            check_possible(gift=gift, verb=verb, now=now)
        act = MonthlyAct(
            gift=gift,
            verb=verb,
            request_key=request_key,
            params=dict(params),
            terms=write_terms(gift) if write_terms is not None else None,
            actor=by.staff,
            reason=(by.reason.strip() if by.staff is not None else because)[:1000],
            requested_at=now,
        )
        try:
            with transaction.atomic():
                act.save(force_insert=True)
        except IntegrityError:
            raise NotNow(NotNowReason.BUSY) from None
    return act


def locked_gift(gift_id: int) -> MonthlyGift:
    """The gift with its row lock. Every writer takes it first."""
    return MonthlyGift.objects.select_for_update().get(pk=gift_id)


def read_subscription(*, gift_id: int, verb: ActVerb, now: datetime) -> tuple[MonthlyGift, SubscriptionFacts | None]:
    """The gift, and its subscription as it is at the provider now; None for a gift by hand, or one that is not live.

    An act in doubt is looked up first. Raises NotNow, ProviderUnavailable (nothing was done), ProviderRefused.
    """
    clear_the_way(gift_id=gift_id, now=now)
    gift = MonthlyGift.objects.get(pk=gift_id)
    check_possible(gift=gift, verb=verb, now=now)
    live = gift.kind == MonthlyKind.AUTOMATIC and gift.subscription_ref and gift.state != MonthlyState.CANCELLED
    return gift, current_provider().fetch_subscription(ref=gift.subscription_ref or "") if live else None


def is_being_taken(*, facts: SubscriptionFacts, now: datetime) -> bool:
    """Whether a renewal has been made and not yet taken. What is changed in that hour would be told for it too late."""
    if not facts.latest_invoice_ref or not timedelta(0) <= now - facts.period_start < MADE_BEFORE_TAKEN:
        return False
    invoice = current_provider().fetch_invoice(ref=facts.latest_invoice_ref)
    return invoice.status is InvoiceStatus.DRAFT


def refuse_if_being_taken(*, facts: SubscriptionFacts, now: datetime) -> None:
    """Raises NotNow(TOO_CLOSE) in that hour. May raise ProviderUnavailable."""
    if is_being_taken(facts=facts, now=now):
        raise NotNow(NotNowReason.TOO_CLOSE)


def refuse_if_charge_is_near(*, charge_at: datetime, now: datetime, today: bool = False) -> None:
    """Raises NotNow(TOO_CLOSE) when the next gift is taken within an hour, or, if `today`, on this day in Warsaw."""
    if charge_at - now < CHARGE_IS_NEAR or (today and warsaw_day(charge_at) == warsaw_day(now)):
        raise NotNow(NotNowReason.TOO_CLOSE)
