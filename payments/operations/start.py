"""Starting a donation: the intent is committed first, then the provider is asked for a payment page."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from core.documents.canonical import canonical_json, sha256_hex
from payments.fee import cover_fee_for
from payments.models import Donation, DonationLine, SharePolicy
from payments.operations.checkout import obtain_checkout
from payments.queries.share_policies import lower_share, share_in_force
from payments.states import DonationState

CHECKOUT_OPEN_FOR = timedelta(minutes=45)
"""The provider's least is 30 minutes, counted when its answer is made: the rest is room for asking again."""

CURRENCY = "PLN"


class TotalChanged(Exception):
    """The sum that the donor agreed to is not the sum of today's prices. To be expected. Nothing was stored or charged."""

    def __init__(self, *, expected: int, actual: int) -> None:
        self.expected = expected
        self.actual = actual
        super().__init__(f"expected {expected}, actual {actual}")


class IntentReused(TotalChanged):
    """An intent key came back with other lines or another sum than it was committed with. The first intent stands."""


@dataclass(frozen=True)
class FrozenLine:
    """One row of a donation as the donor saw it. `fallback` is the clause on what happens when the need is over-funded."""

    title: str
    fund_code: str
    unit_minor: int
    quantity: int
    fallback: str


@dataclass(frozen=True)
class MonthlyPart:
    """What makes a donation one of a monthly gift's: its version of terms, the day it is for, and the fee, in minor
    units, and the share for running costs that were agreed then."""

    gift_id: int
    terms_id: int
    due_on: date
    cover_fee_minor: int
    share_policy: SharePolicy | None = None

    def fields(self) -> dict[str, Any]:
        """What stands on the donation."""
        return {"monthly_gift_id": self.gift_id, "monthly_terms_id": self.terms_id, "due_on": self.due_on}


@dataclass(frozen=True)
class Started:
    """A donation and where to send the donor. `checkout_url` is None when there is nothing left to pay on."""

    donation_id: int
    token: str
    checkout_url: str | None
    state: DonationState


def start_donation(
    *,
    intent_key: str,
    donor_id: int,
    lines: Sequence[FrozenLine],
    cover_fee: bool,
    expected_total_minor: int,
    language: str,
    terms_version: str,
    return_url: Callable[[str], str],
    cancel_url: str | Callable[[str], str],
    now: datetime,
    monthly: MonthlyPart | None = None,
    currency: str = CURRENCY,
) -> Started:
    """Commit the intent, then open its payment page. Called outside any database transaction.

    The same `intent_key` gives the same donation and the same page, however often and however parallel it is called.
    `expected_total_minor` is in minor units of `currency`, as the lines are, and includes the covered fee; a gift in
    another currency than the books' is booked once the provider says what it is worth. `return_url` (and `cancel_url`,
    if callable) are given the donation's token. `monthly` names the covered fee in place of `cover_fee`. The share for
    running costs that is in force at `now` is fixed on the donation. Raises
    TotalChanged (nothing stored), ProviderUnavailable (the donation stays a draft; call again with the same key, or leave
    it to the sweeper),
    ProviderRefused (the donation failed), ValueError without lines.
    """
    lines_minor, fee_minor = sums_of(lines=lines, cover_fee=cover_fee)
    if monthly is not None:
        fee_minor = monthly.cover_fee_minor
    digest = _digest(lines=lines, fee_minor=fee_minor, donor_id=donor_id, monthly=monthly, currency=currency)
    gross = lines_minor + fee_minor
    known = Donation.objects.filter(intent_key=intent_key).first()
    fresh = None
    if known is None:
        if gross != expected_total_minor:
            raise TotalChanged(expected=expected_total_minor, actual=gross)
        token = secrets.token_urlsafe(16)
        known = _commit(
            Donation(
                donor_id=donor_id,
                intent_key=intent_key,
                content_digest=digest,
                token=token,
                currency=currency,
                lines_minor=lines_minor,
                cover_fee_minor=fee_minor,
                gross_minor=gross,
                language=language,
                terms_version=terms_version,
                success_url=return_url(token),
                cancel_url=cancel_url(token) if callable(cancel_url) else cancel_url,
                checkout_expires_at=now + CHECKOUT_OPEN_FOR,
                created_at=now,
                share_policy_id=_share_policy(monthly=monthly, now=now),
                **({} if monthly is None else monthly.fields()),
            ),
            lines,
        )
        fresh = known if known.token == token else None
    if known.content_digest != digest:
        raise IntentReused(expected=gross, actual=known.gross_minor)
    return _started(obtain_checkout(donation_id=known.pk, now=now, just_committed=fresh))


def sums_of(*, lines: Sequence[FrozenLine], cover_fee: bool) -> tuple[int, int]:
    """What the lines sum to, and what covering the fee adds, in grosze. Raises ValueError without a positive sum."""
    if not lines or any(line.unit_minor <= 0 or line.quantity <= 0 for line in lines):
        raise ValueError("a donation needs lines with a positive sum")
    lines_minor = sum(line.unit_minor * line.quantity for line in lines)
    return lines_minor, cover_fee_for(total_minor=lines_minor) if cover_fee else 0


def _share_policy(*, monthly: MonthlyPart | None, now: datetime) -> int | None:
    """What running costs get of it: what is in force, which every page says before paying; of a monthly gift at most what
    was said when it was agreed to."""
    if monthly is not None:
        return lower_share(agreed=monthly.share_policy, now=now)
    in_force = share_in_force(now=now)
    return None if in_force is None else in_force.policy_id


def _digest(
    *, lines: Sequence[FrozenLine], fee_minor: int, donor_id: int, monthly: MonthlyPart | None, currency: str
) -> str:
    agreed: dict[str, object] = {"lines": [asdict(line) for line in lines], "fee": fee_minor, "donor": donor_id}
    if currency != CURRENCY:
        agreed["currency"] = currency
    if monthly is not None:
        agreed["monthly"] = f"{monthly.gift_id}/{monthly.terms_id}/{monthly.due_on.isoformat()}"
    return sha256_hex(canonical_json(agreed))


def _commit(donation: Donation, lines: Sequence[FrozenLine]) -> Donation:
    """Store the intent. The unique key decides between parallel callers; the losers read the winner's row."""
    with transaction.atomic(durable=True):
        Donation.objects.bulk_create([donation], ignore_conflicts=True)
        stored = Donation.objects.select_for_update().get(intent_key=donation.intent_key)
        if stored.token == donation.token:
            written = DonationLine.objects.bulk_create(
                DonationLine(donation=stored, position=position, **asdict(line)) for position, line in enumerate(lines)
            )
            # As if prefetched: what was just written need not be read again by what follows.
            vars(stored)["_prefetched_objects_cache"] = {"lines": written}
    return stored


def _started(donation: Donation) -> Started:
    state = DonationState(donation.state)
    url = donation.checkout_url if state is DonationState.CHECKOUT_OPEN else None
    return Started(donation_id=donation.pk, token=donation.token, checkout_url=url, state=state)
