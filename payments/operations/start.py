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
from payments.queries.share_policies import in_force_sql, lower_share
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


class ShareChanged(Exception):
    """Another share for running costs is in force than the page said. To be expected. Nothing was stored or charged."""

    def __init__(self, *, expected: int, actual: int) -> None:
        self.expected = expected
        self.actual = actual
        super().__init__(f"expected {expected} permille, actual {actual}")


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
    expected_share_permille: int | None = None,
) -> Started:
    """Commit the intent, then open its payment page. Called outside any database transaction.

    The same `intent_key` gives the same donation and the same page, however often and however parallel it is called.
    `expected_total_minor` is in minor units of `currency`, as the lines are, and includes the covered fee; another currency
    than the books' is booked once the provider says what it is worth. `return_url` (and `cancel_url`, if callable) are given
    the donation's token. `monthly` names the covered fee in place of `cover_fee`. The share for running costs in force at
    `now` is fixed on the donation; `expected_share_permille` is what the page said of it, if one did. Raises TotalChanged and
    ShareChanged (nothing stored), ProviderUnavailable (it stays a draft; call again
    with the same key, or leave it to the sweeper), ProviderRefused (it failed), ValueError without lines.
    """
    agreed = _agreed(lines=lines, cover_fee=cover_fee, donor_id=donor_id, monthly=monthly, currency=currency)
    known = Donation.objects.filter(intent_key=intent_key).first()
    fresh = None
    if known is None:
        if agreed.gross_minor != expected_total_minor:
            raise TotalChanged(expected=expected_total_minor, actual=agreed.gross_minor)
        donation = Donation(
            donor_id=donor_id,
            intent_key=intent_key,
            language=language,
            terms_version=terms_version,
            share_policy_id=in_force_sql(now=now)
            if monthly is None
            else lower_share(agreed=monthly.share_policy, now=now),
            **asdict(agreed),
            **page_to_open(return_url=return_url, cancel_url=cancel_url, now=now),
            **({} if monthly is None else monthly.fields()),
        )
        known = _commit(donation, lines, expected_share_permille=expected_share_permille)
        fresh = known if known.token == donation.token else None
    if known.content_digest != agreed.content_digest:
        raise IntentReused(expected=agreed.gross_minor, actual=known.gross_minor)
    return _started(obtain_checkout(donation_id=known.pk, now=now, just_committed=fresh))


def page_to_open(
    *, return_url: Callable[[str], str], cancel_url: str | Callable[[str], str], now: datetime
) -> dict[str, Any]:
    """What a donation, or a monthly gift, knows of its page before that is asked for, with a token of its own."""
    token = secrets.token_urlsafe(16)
    return {
        "token": token,
        "success_url": return_url(token),
        "cancel_url": cancel_url(token) if callable(cancel_url) else cancel_url,
        "checkout_expires_at": now + CHECKOUT_OPEN_FOR,
        "created_at": now,
    }


def sums_of(*, lines: Sequence[FrozenLine], cover_fee: bool) -> tuple[int, int]:
    """What the lines sum to, and what covering the fee adds, in grosze. Raises ValueError without a positive sum."""
    if not lines or any(line.unit_minor <= 0 or line.quantity <= 0 for line in lines):
        raise ValueError("a donation needs lines with a positive sum")
    lines_minor = sum(line.unit_minor * line.quantity for line in lines)
    return lines_minor, cover_fee_for(total_minor=lines_minor) if cover_fee else 0


@dataclass(frozen=True)
class _Agreed:
    """What the donor agreed to, in minor units of `currency`, as it stands on the donation."""

    currency: str
    lines_minor: int
    cover_fee_minor: int
    gross_minor: int
    content_digest: str


def _agreed(
    *, lines: Sequence[FrozenLine], cover_fee: bool, donor_id: int, monthly: MonthlyPart | None, currency: str
) -> _Agreed:
    lines_minor, fee_minor = sums_of(lines=lines, cover_fee=cover_fee)
    if monthly is not None:
        fee_minor = monthly.cover_fee_minor
    agreed: dict[str, object] = {"lines": [asdict(line) for line in lines], "fee": fee_minor, "donor": donor_id}
    if currency != CURRENCY:
        agreed["currency"] = currency
    if monthly is not None:
        agreed["monthly"] = f"{monthly.gift_id}/{monthly.terms_id}/{monthly.due_on.isoformat()}"
    return _Agreed(
        currency=currency,
        lines_minor=lines_minor,
        cover_fee_minor=fee_minor,
        gross_minor=lines_minor + fee_minor,
        content_digest=sha256_hex(canonical_json(agreed)),
    )


def share_as_expected(*, policy: SharePolicy | None, expected_permille: int | None) -> None:
    """Whether a page said what is in force; None: there was no page. Raises ShareChanged."""
    permille = 0 if policy is None else policy.permille
    if expected_permille not in (None, permille):
        raise ShareChanged(expected=expected_permille or 0, actual=permille)


def _commit(donation: Donation, lines: Sequence[FrozenLine], *, expected_share_permille: int | None) -> Donation:
    """Store the intent. The unique key decides between parallel callers; the losers read the winner's row. Raises
    ShareChanged."""
    with transaction.atomic(durable=True):
        Donation.objects.bulk_create([donation], ignore_conflicts=True)
        rows = Donation.objects.select_for_update(of=("self",)).select_related("share_policy")
        stored = rows.get(intent_key=donation.intent_key)
        if stored.token == donation.token:
            share_as_expected(policy=stored.share_policy, expected_permille=expected_share_permille)
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
