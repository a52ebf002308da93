"""What is asked before and after a monthly gift begins: a commitment that stands already, and the thank-you page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from payments.models import MonthlyGift
from payments.monthly_states import LIVE, Interval, MonthlyKind, MonthlyState
from payments.queries.donation_page import DonationPage, donation_by_id
from payments.queries.lines import PageLine, page_lines
from payments.queries.monthly_dates import anchor_of, next_dates
from payments.queries.monthly_terms import terms_in_force, terms_of
from payments.queries.tokens import is_token


@dataclass(frozen=True)
class MonthlyThanks:
    """A monthly gift as its donor comes back from the page. Sums in minor units of `currency`, of one gift; days are
    Warsaw's. `donation` is the first gift, with its receipt; None while nothing was taken."""

    gift_id: int
    token: str
    kind: MonthlyKind
    state: MonthlyState
    currency: str
    sum_minor: int
    cover_fee_minor: int
    interval: Interval
    day: int
    next_dates: tuple[date, ...]
    lines: tuple[PageLine, ...]
    language: str
    checkout_url: str | None
    donation: DonationPage | None


def live_commitment(*, donor_id: int, fund_codes: Iterable[str], besides: int | None = None) -> int | None:
    """The id of the donor's newest live monthly gift to one of these needs, `besides` one; None when there is none.

    It names what somebody gives: ask it for the donor who is signed in, or for their own mail, never for an address that
    a visitor typed.
    """
    wanted = set(fund_codes)
    live = MonthlyGift.objects.filter(donor_id=donor_id, state__in=LIVE).order_by("-pk")
    ids = [pk for pk in live.values_list("pk", flat=True) if pk != besides]
    terms = terms_in_force(gift_ids=ids)
    for gift_id in ids:
        if gift_id in terms and wanted & {line.fund_code for line in terms[gift_id].lines.all()}:
            return gift_id
    return None


def monthly_by_token(*, token: str, now: datetime | None = None) -> MonthlyThanks | None:
    """The monthly gift behind a return address, its next days counted from `now`; None for an unknown token."""
    gift = MonthlyGift.objects.filter(token=token).first() if is_token(token) else None
    if gift is None:
        return None
    terms = terms_of(gift_id=gift.pk)
    state = MonthlyState(gift.state)
    first = gift.donations.filter(settled_at__isnull=False).order_by("settled_at", "pk").first()
    return MonthlyThanks(
        gift_id=gift.pk,
        token=gift.token,
        kind=MonthlyKind(gift.kind),
        state=state,
        currency=gift.currency,
        sum_minor=terms.gross_minor,
        cover_fee_minor=terms.cover_fee_minor,
        interval=Interval(terms.interval),
        day=terms.day,
        next_dates=next_dates(gift=gift, terms=terms, anchor_at=anchor_of(gift=gift), now=now or timezone.now()),
        lines=page_lines(terms.lines.all()),
        language=gift.language,
        checkout_url=gift.checkout_url if state is MonthlyState.CHECKOUT_OPEN else None,
        donation=donation_by_id(donation_id=first.pk) if first is not None else None,
    )
