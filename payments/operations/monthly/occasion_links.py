"""What the link in the mail of a gift by hand can do: give this once, leave this once out, or stop."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.conf import settings
from django.db import transaction
from django.urls import reverse as url_for
from django.utils.translation import override

from core import trail
from payments.models import Donation, MonthlyGift, MonthlyOccasion
from payments.monthly_states import LIVE, LinkPurpose, MonthlyKind, OccasionState
from payments.operations.asking import outside_database_transaction
from payments.operations.cancel import cancel_checkout
from payments.operations.settle import settle
from payments.operations.start import FrozenLine, MonthlyPart, Started, start_donation
from payments.queries.links import Link, open_link
from payments.queries.occasions import attempt_key
from payments.states import IN_DOUBT, DonationState

DEAD = (DonationState.EXPIRED, DonationState.FAILED, DonationState.CANCELLED)


class OccasionClosed(Exception):
    """This due date can't be given for or left out any more: it was given, skipped, or has passed. To be expected.

    `state` says which; `given` is a payment of it that is made, or, while the state is ASKED, on its way.
    """

    def __init__(self, *, state: OccasionState, given: Started | None = None) -> None:
        self.state = state
        self.given = given
        super().__init__(state.value)


@dataclass(frozen=True)
class _Asked:
    """An occasion with its gift and the payment that was opened for it last."""

    occasion: MonthlyOccasion
    gift: MonthlyGift
    attempt: Donation | None


def give_occasion(*, token: str, now: datetime) -> Started | None:
    """Open the prefilled payment page of this due date; None for a link that is no good.

    Clicked twice it is the same page; a page that closed unpaid is followed by a new one, a payment on its way by none.
    Called outside any database transaction. Raises OccasionClosed, ProviderUnavailable (it is not known whether the page
    was opened; nothing is taken unless the donor pays), ProviderRefused.
    """
    link = open_link(token=token, purpose=LinkPurpose.OCCASION, now=now)
    if link is None:
        return None
    asked = _look(link=link, now=now)
    with transaction.atomic(durable=True):
        occasion = MonthlyOccasion.objects.select_for_update().get(pk=asked.occasion.pk)
        _refuse_if_closed(occasion=occasion, gift=asked.gift)
        attempt = Donation.objects.filter(intent_key=attempt_key(occasion=occasion)).first()
        if attempt is not None and attempt.state not in (*DEAD, DonationState.DRAFT, DonationState.CHECKOUT_OPEN):
            _closed(state=OccasionState(occasion.state), attempt=attempt)
        if occasion.attempts == 0 or (attempt is not None and attempt.state in DEAD):
            occasion.attempts += 1
            occasion.save(update_fields=["attempts"])
    return _start(occasion=occasion, gift=asked.gift, now=now)


def skip_occasion(*, token: str, now: datetime) -> OccasionState | None:
    """Leave this due date out; the next one is asked for as ever. None for a link that is no good.

    An open payment page of it is closed first, so that nobody pays on it later. Called outside any database
    transaction. Raises OccasionClosed when it was given or has passed, ProviderUnavailable.
    """
    link = open_link(token=token, purpose=LinkPurpose.OCCASION, now=now)
    if link is None:
        return None
    asked = _look(link=link, now=now)
    if asked.attempt is not None and asked.attempt.state == DonationState.CHECKOUT_OPEN:
        cancel_checkout(token=asked.attempt.token, now=now)
    with transaction.atomic(durable=True):
        occasion = MonthlyOccasion.objects.select_for_update().get(pk=asked.occasion.pk)
        if occasion.state == OccasionState.SKIPPED:
            return OccasionState.SKIPPED
        _refuse_if_closed(occasion=occasion, gift=asked.gift)
        attempt = Donation.objects.filter(intent_key=attempt_key(occasion=occasion)).first()
        if attempt is not None and attempt.state not in DEAD:
            _closed(state=OccasionState(occasion.state), attempt=attempt)
        occasion.state, occasion.closed_at = OccasionState.SKIPPED, now
        occasion.save(update_fields=["state", "closed_at"])
        trail.record(
            actor=None,
            act="monthly.skip",
            subject=str(asked.gift),
            reason="by the donor, through the link in the mail of that day",
            facts={"due_on": occasion.due_on.isoformat()},
            now=now,
        )
    return OccasionState.SKIPPED


def _look(*, link: Link, now: datetime) -> _Asked:
    """The occasion of a link, with its last payment as the provider says that it stands."""
    outside_database_transaction()
    occasion = MonthlyOccasion.objects.select_related("gift").get(pk=link.params["occasion"])
    attempt = Donation.objects.filter(intent_key=attempt_key(occasion=occasion)).first()
    if attempt is not None and attempt.state in IN_DOUBT:
        settle(donation_id=attempt.pk, now=now)
        attempt.refresh_from_db()
    return _Asked(occasion=occasion, gift=occasion.gift, attempt=attempt)


def _refuse_if_closed(*, occasion: MonthlyOccasion, gift: MonthlyGift) -> None:
    by_hand = gift.kind == MonthlyKind.BY_HAND and gift.state in LIVE
    if occasion.state == OccasionState.ASKED and by_hand:
        return
    attempt = Donation.objects.filter(intent_key=attempt_key(occasion=occasion)).first()
    state = OccasionState(occasion.state)
    _closed(state=OccasionState.LAPSED if state is OccasionState.ASKED else state, attempt=attempt)


def _closed(*, state: OccasionState, attempt: Donation | None) -> NoReturn:
    given = None
    if attempt is not None and attempt.state not in DEAD:
        given = Started(
            donation_id=attempt.pk, token=attempt.token, checkout_url=None, state=DonationState(attempt.state)
        )
    raise OccasionClosed(state=state, given=given)


def _start(*, occasion: MonthlyOccasion, gift: MonthlyGift, now: datetime) -> Started:
    terms = occasion.terms
    lines = [
        FrozenLine(
            title=line.title,
            fund_code=line.fund_code,
            unit_minor=line.unit_minor,
            quantity=line.quantity,
            fallback=line.fallback,
        )
        for line in terms.lines.order_by("position")
    ]
    return start_donation(
        intent_key=attempt_key(occasion=occasion),
        donor_id=gift.donor_id,
        lines=lines,
        cover_fee=bool(terms.cover_fee_minor),
        expected_total_minor=terms.gross_minor,
        language=gift.language,
        terms_version=gift.terms_version,
        return_url=lambda token: _page("storefront:thank_you", token=token, language=gift.language),
        cancel_url=lambda token: _page("storefront:checkout_cancelled", token=token, language=gift.language),
        now=now,
        monthly=MonthlyPart(
            gift_id=gift.pk,
            terms_id=terms.pk,
            due_on=occasion.due_on,
            cover_fee_minor=terms.cover_fee_minor,
            share_policy=terms.share_policy,
        ),
    )


def _page(name: str, *, token: str, language: str) -> str:
    with override(language):
        return f"{settings.SITE_URL.rstrip('/')}{url_for(name, kwargs={'token': token})}"
