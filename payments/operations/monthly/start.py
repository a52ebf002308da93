"""Starting a monthly gift: the commitment is stored first, then the provider is asked for the page that begins it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from core.documents.canonical import canonical_json, sha256_hex
from payments.models import MonthlyGift, MonthlyLine, MonthlyOccasion, MonthlyTerms
from payments.monthly_calendar import first_due_day, warsaw_day
from payments.monthly_states import Interval, MonthlyKind, MonthlyState, OccasionState, ReceiptPolicy
from payments.operations.asking import outside_database_transaction
from payments.operations.monthly.checkout import cancel_page, obtain_page
from payments.operations.monthly.first_mail import write_first_mail
from payments.operations.monthly.follow import settle_monthly
from payments.operations.monthly.moves import lock_gift, move_monthly
from payments.operations.monthly.occasion_links import OccasionClosed, give_occasion
from payments.operations.monthly.occasions import ask_if_due, due_after, occasion_token
from payments.operations.start import (
    CURRENCY,
    FrozenLine,
    IntentReused,
    TotalChanged,
    page_to_open,
    share_as_expected,
    sums_of,
)
from payments.provider import ProviderError
from payments.queries.links import link_url
from payments.queries.monthly_dates import due_instant
from payments.queries.share_policies import share_in_force
from payments.queries.tokens import is_token


@dataclass(frozen=True)
class StartedMonthly:
    """A monthly gift and where to send the donor. `checkout_url` is None when there is nothing to pay on now."""

    gift_id: int
    token: str
    checkout_url: str | None
    state: MonthlyState


def start_monthly(
    *,
    intent_key: str,
    donor_id: int,
    kind: MonthlyKind,
    lines: Sequence[FrozenLine],
    interval: Interval,
    day: int,
    cover_fee: bool,
    expected_total_minor: int,
    receipt_policy: ReceiptPolicy,
    language: str,
    terms_version: str,
    return_url: Callable[[str], str],
    cancel_url: str | Callable[[str], str],
    now: datetime,
    expected_share_permille: int | None = None,
) -> StartedMonthly:
    """Commit a monthly gift, then open the page that begins it; by hand it begins at once, with its first due date.

    The same `intent_key` gives the same gift and the same page, however often and however parallel it is called.
    `expected_total_minor` is what one gift is in grosze, the covered fee included. `day` is 1 to 31. Called outside any
    database transaction. `expected_share_permille` is what the page said of running costs. Raises TotalChanged and
    ShareChanged (nothing stored), IntentReused, ProviderUnavailable (it stays a draft; call again with the same key, or leave
    it to the sweeper), ProviderRefused (it never begins), ValueError without lines or with a day that no month has.
    """
    outside_database_transaction()
    terms = _terms(lines=lines, cover_fee=cover_fee, interval=interval, day=day, now=now)
    digest = _digest(terms=terms, lines=lines, donor_id=donor_id, kind=kind)
    known, fresh = MonthlyGift.objects.filter(intent_key=intent_key).first(), False
    if known is None:
        if terms.gross_minor != expected_total_minor:
            raise TotalChanged(expected=expected_total_minor, actual=terms.gross_minor)
        share_as_expected(policy=terms.share_policy, expected_permille=expected_share_permille)
        gift = MonthlyGift(
            kind=kind,
            donor_id=donor_id,
            intent_key=intent_key,
            content_digest=digest,
            currency=CURRENCY,
            language=language,
            terms_version=terms_version,
            receipt_policy=receipt_policy,
            **page_to_open(return_url=return_url, cancel_url=cancel_url, now=now),
        )
        known = _commit(gift=gift, terms=terms, lines=lines)
        fresh = known.token == gift.token
    if known.content_digest != digest:
        raise IntentReused(expected=terms.gross_minor, actual=known.terms.get(version=1).gross_minor)
    return _begin(gift=known, fresh=fresh, now=now)


def _terms(
    *, lines: Sequence[FrozenLine], cover_fee: bool, interval: Interval, day: int, now: datetime
) -> MonthlyTerms:
    """The first version, not stored yet."""
    if not 1 <= day <= 31:
        raise ValueError("a day of a month is 1 to 31")
    lines_minor, fee_minor = sums_of(lines=lines, cover_fee=cover_fee)
    in_force = share_in_force(now=now)
    return MonthlyTerms(
        version=1,
        interval=interval,
        day=day,
        lines_minor=lines_minor,
        cover_fee_minor=fee_minor,
        gross_minor=lines_minor + fee_minor,
        because="agreed",
        share_policy_id=None if in_force is None else in_force.policy_id,
        created_at=now,
    )


def _begin(*, gift: MonthlyGift, fresh: bool, now: datetime) -> StartedMonthly:
    if gift.kind == MonthlyKind.BY_HAND:
        begun = _begin_by_hand(gift_id=gift.pk, now=now)
        return _started(begun, url=_first_page(gift=begun, now=now))
    return _started(obtain_page(gift_id=gift.pk, now=now, fresh=fresh))


def cancel_monthly_checkout(*, token: str, now: datetime) -> MonthlyState | None:
    """Close the page on which a gift would begin, and say where it stands now; None for an unknown token.

    A page that the donor has already used can't be closed: then the gift is settled instead. Called outside any database
    transaction. Raises ProviderUnavailable.
    """
    gift = MonthlyGift.objects.filter(token=token).first() if is_token(token) else None
    if gift is None:
        return None
    if gift.state != MonthlyState.CHECKOUT_OPEN or gift.checkout_ref is None:
        return MonthlyState(gift.state)
    closed = cancel_page(gift=gift, now=now)
    return settle_monthly(gift_id=gift.pk, now=now) if closed is None else closed


def _digest(*, terms: MonthlyTerms, lines: Sequence[FrozenLine], donor_id: int, kind: MonthlyKind) -> str:
    """What was agreed: an intent key that comes back with something else is another intent."""
    agreed = {
        "lines": [asdict(line) for line in lines],
        "fee": terms.cover_fee_minor,
        "donor": donor_id,
        "kind": str(kind),
        "interval": str(terms.interval),
        "day": terms.day,
    }
    return sha256_hex(canonical_json(agreed))


def _commit(*, gift: MonthlyGift, terms: MonthlyTerms, lines: Sequence[FrozenLine]) -> MonthlyGift:
    """Store the commitment. The unique key decides between parallel callers; the losers read the winner's row."""
    with transaction.atomic(durable=True):
        MonthlyGift.objects.bulk_create([gift], ignore_conflicts=True)
        stored = MonthlyGift.objects.select_for_update().get(intent_key=gift.intent_key)
        if stored.token == gift.token:
            terms.gift = stored
            terms.save()
            MonthlyLine.objects.bulk_create(
                MonthlyLine(terms=terms, position=position, **asdict(line)) for position, line in enumerate(lines)
            )
    return stored


def _begin_by_hand(*, gift_id: int, now: datetime) -> MonthlyGift:
    """No provider is asked: the gift is ours alone, and its first due date is the chosen day, today or to come."""
    with transaction.atomic():
        gift = lock_gift(gift_id=gift_id)
        if gift.state != MonthlyState.DRAFT:
            return gift
        terms = MonthlyTerms.objects.get(gift=gift, version=1)
        today = warsaw_day(now)
        due_on = first_due_day(day=terms.day, today=today)
        occasion, _ = MonthlyOccasion.objects.get_or_create(gift=gift, due_on=due_on, defaults={"terms": terms})
        move_monthly(gift=gift, to_state=MonthlyState.ACTIVE, because="begun by hand", now=now)
        gift.began_at, gift.next_charge_at = now, now if due_on == today else due_instant(day=due_on)
        gift.save(update_fields=["state", "began_at", "next_charge_at"])
        if due_on != today:
            write_first_mail(gift=gift, now=now)
            return gift
        # one mail, not two: that it has begun, with the link for today
        token = occasion_token(occasion=occasion, until=due_after(due_at=now, terms=terms), now=now)
        write_first_mail(gift=gift, give_url=link_url(token=token, page="give", language=gift.language), now=now)
        ask_if_due(gift_id=gift.pk, by_mail=False, now=now)
    return MonthlyGift.objects.get(pk=gift_id)


def _first_page(*, gift: MonthlyGift, now: datetime) -> str | None:
    """Where a gift by hand is paid at once, when its day is today; else, and when no page can be had, the mail leads."""
    first = MonthlyOccasion.objects.filter(gift=gift).order_by("due_on").first()
    if first is None or first.state != OccasionState.ASKED:
        return None
    try:
        given = give_occasion(token=occasion_token(occasion=first, until=now, now=now), now=now)
    except (ProviderError, OccasionClosed):
        return None
    return given.checkout_url if given is not None else None


def _started(gift: MonthlyGift, url: str | None = None) -> StartedMonthly:
    state = MonthlyState(gift.state)
    if state is MonthlyState.CHECKOUT_OPEN:
        url = gift.checkout_url
    return StartedMonthly(gift_id=gift.pk, token=gift.token, checkout_url=url, state=state)
