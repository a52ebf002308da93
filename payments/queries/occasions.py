"""One due date of a gift by hand, as the page under its link shows it."""

from dataclasses import dataclass
from datetime import date, datetime

from payments.models import Donation, MonthlyGift, MonthlyOccasion
from payments.monthly_states import LIVE, Interval, LinkPurpose, MonthlyKind, OccasionState
from payments.queries.lines import PageLine, page_lines
from payments.queries.links import open_link
from payments.states import RECEIVED, DonationState


@dataclass(frozen=True)
class OccasionPage:
    """What is asked for on one day. Sums in minor units of `currency`.

    `can_give` and `can_skip` are False once it is given, skipped or past, `can_stop` once the gift has ended.
    `on_its_way`: a payment was made that the bank has not confirmed yet, so nothing may be asked for again.
    `thank_you_token` is that payment's, or the settled one's.
    """

    gift_id: int
    occasion_id: int
    state: OccasionState
    currency: str
    sum_minor: int
    lines_minor: int
    cover_fee_minor: int
    lines: tuple[PageLine, ...]
    interval: Interval
    due_on: date
    language: str
    can_give: bool
    can_skip: bool
    can_stop: bool
    on_its_way: bool
    thank_you_token: str | None


def attempt_key(*, occasion: MonthlyOccasion) -> str:
    """The intent key of the payment that was opened for it last; of none before the first."""
    return f"occasion:{occasion.pk}:{occasion.attempts}"


def occasion_page(*, token: str, now: datetime) -> OccasionPage | None:
    """The due date behind the link of a mail; None for a link that is no good. Nothing of other gifts is shown."""
    link = open_link(token=token, purpose=LinkPurpose.OCCASION, now=now)
    if link is None:
        return None
    occasion = MonthlyOccasion.objects.select_related("gift", "terms").get(pk=link.params["occasion"])
    gift, terms = occasion.gift, occasion.terms
    attempt = Donation.objects.filter(intent_key=attempt_key(occasion=occasion)).first()
    state = _state(occasion=occasion, attempt=attempt, gift=gift)
    on_its_way = attempt is not None and attempt.state == DonationState.PROCESSING
    is_open = state is OccasionState.ASKED and not on_its_way
    shows = attempt is not None and (on_its_way or attempt.state in RECEIVED)
    return OccasionPage(
        gift_id=gift.pk,
        occasion_id=occasion.pk,
        state=state,
        currency=gift.currency,
        sum_minor=terms.gross_minor,
        lines_minor=terms.lines_minor,
        cover_fee_minor=terms.cover_fee_minor,
        lines=page_lines(terms.lines.all()),
        interval=Interval(terms.interval),
        due_on=occasion.due_on,
        language=gift.language,
        can_give=is_open,
        can_skip=is_open,
        can_stop=gift.state in LIVE,
        on_its_way=on_its_way,
        thank_you_token=attempt.token if attempt is not None and shows else None,
    )


def _state(*, occasion: MonthlyOccasion, attempt: Donation | None, gift: MonthlyGift) -> OccasionState:
    if attempt is not None and attempt.state in RECEIVED:
        return OccasionState.GIVEN
    by_hand = gift.kind == MonthlyKind.BY_HAND and gift.state in LIVE
    state = OccasionState(occasion.state)
    return OccasionState.LAPSED if state is OccasionState.ASKED and not by_hand else state
