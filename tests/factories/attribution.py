"""Lines to look at: gifts that are lined up, spending by hand, and what stands where, as a table."""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import F

from ledger import accounts
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, post, reverse
from payments.models import Charge, Donation, Refund
from payments.operations.book_refund import apply_refund
from payments.provider import RefundFacts, RefundStatus
from transparency.attribution.models import LinePlace, LineTaking
from transparency.attribution.operations import BroughtUp, bring_up_to_date

SEPTEMBER_OPENS = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


def lines_grow(*, now: datetime) -> BroughtUp:
    """The daily run."""
    return bring_up_to_date(now=now)


def after_the_window(at: datetime) -> datetime:
    """When a gift of that moment is past the refund window."""
    return at + timedelta(days=14, hours=1)


def spend(amount_minor: int, *, reference: str, fund: str = "WARM-NIGHT", at: datetime = SEPTEMBER_OPENS) -> int:
    """An own invoice is accepted; the entry's id."""
    return _book(reference, EntryKind.PURCHASE, {(fund, FundUse.SPENT): amount_minor}, accounts.PAYABLE, at)


def redirect(amount_minor: int, *, reference: str, fund: str, to: str, at: datetime = SEPTEMBER_OPENS) -> int:
    """What a fund can't use goes up; the entry's id."""
    moved = {(fund, FundUse.REDIRECT_OUT): amount_minor, (to, FundUse.REDIRECT_IN): -amount_minor}
    return _book(reference, EntryKind.REDIRECT, moved, None, at)


def cover(amount_minor: int, *, reference: str, fund: str, at: datetime = SEPTEMBER_OPENS) -> int:
    """GENERAL covers what a fund lacks; the entry's id."""
    moved = {(accounts.GENERAL, FundUse.LOSS_COVER): amount_minor, (fund, FundUse.COVERED): -amount_minor}
    return _book(reference, EntryKind.LOSS_COVER, moved, None, at)


def lose(amount_minor: int, *, reference: str, at: datetime = SEPTEMBER_OPENS) -> int:
    """GENERAL bears what went back to a donor too late; the entry's id."""
    return _book(
        reference,
        EntryKind.CHARGEBACK,
        {(accounts.GENERAL, FundUse.LOSSES): amount_minor},
        accounts.STRIPE_CLEARING,
        at,
    )


def open_with(amount_minor: int, *, reference: str, fund: str = "WARM-NIGHT", at: datetime = SEPTEMBER_OPENS) -> int:
    """What a fund held when the books began; the entry's id."""
    return _book(reference, EntryKind.OPENING, {(fund, FundUse.OPENING): -amount_minor}, accounts.BANK, at)


def collect(amount_minor: int, *, reference: str, fund: str = "WARM-NIGHT", at: datetime = SEPTEMBER_OPENS) -> int:
    """Cash from a collection, which has no donor; the entry's id."""
    return _book(reference, EntryKind.CASH_COLLECTION, {(fund, FundUse.GIFTS): -amount_minor}, accounts.CASH, at)


def give_back(donation: Donation, amount_minor: int, *, at: datetime, fails: bool = False) -> None:
    """The provider says that a part of a gift went back to its donor; or, afterwards, that the newest of them came back."""
    charge = Charge.objects.get(donation=donation)
    newest = Refund.objects.filter(charge=charge).order_by("-pk").first()
    ref = newest.provider_ref if fails and newest is not None else f"re_{charge.ref}_{Refund.objects.count()}"
    apply_refund(
        facts=RefundFacts(
            ref=str(ref),
            status=RefundStatus.FAILED if fails else RefundStatus.SUCCEEDED,
            amount_minor=newest.amount_minor if fails and newest is not None else amount_minor,
            currency="PLN",
            charge_ref=charge.ref,
            own_ref="",
            created_at=at,
            failure_reason="closed" if fails else "",
            movement=None,
            failure_movement=None,
        ),
        now=at,
    )


def undo(entry_id: int, *, at: datetime = SEPTEMBER_OPENS) -> int:
    """The mirror of an entry; its id."""
    return reverse(entry_id=entry_id, reference=f"reversal:{entry_id}", event_at=at, now=at).entry_id


def _book(
    reference: str, kind: EntryKind, uses: dict[tuple[str, FundUse], int], against: str | None, at: datetime
) -> int:
    lines = [Line(accounts.fund_account(fund, use), amount) for (fund, use), amount in uses.items()]
    rest = sum(line.amount_minor for line in lines)
    if against is not None:
        lines.append(Line(against, -rest))
    return post(reference=reference, kind=kind, event_at=at, lines=lines, now=at).entry_id


def places_on(fund: str) -> list[tuple[int, int, int | None]]:
    """What stands on a line: (start, length, the donation's id), from its start."""
    rows = LinePlace.objects.filter(fund__code=fund).order_by("start")
    return list(rows.values_list("start", "length", "donation_id"))


def taken_from(fund: str) -> list[tuple[str, int, int]]:
    """What counts as taken from a line: (the entry's reference, start, length), from its start."""
    rows = LineTaking.objects.filter(fund__code=fund, spending__freed_by=None).order_by("start")
    return list(rows.values_list("spending__entry__reference", "start", "length"))


def lines_table(names: dict[int, str], *, funds: Iterable[str]) -> str:
    """Each line with what stands on it and what was taken from it, for a person to read. `names` are of donations."""
    lines = []
    for fund in funds:
        lines.append(f"line of {fund}")
        for place in LinePlace.objects.filter(fund__code=fund).order_by("start"):
            start, length = place.start, place.length
            who = names.get(place.donation_id or 0, "moved here" if place.moved_from_id else "without a donor")
            lines.append(f"  stands  {start:>8,} - {start + length:>8,}  {who}")
        lines += [f"  taken   {start:>8,} - {start + length:>8,}  {by}" for by, start, length in taken_from(fund)]
    return "\n".join(lines) + "\n"


def overlapping() -> list[int]:
    """Ids of takings that overlap another that counts: there must be none."""
    counting = list(
        LineTaking.objects.filter(spending__freed_by=None)
        .annotate(ends=F("start") + F("length"))
        .order_by("fund_id", "start")
        .values_list("id", "fund_id", "start", "ends")
    )
    return [
        later[0] for before, later in itertools.pairwise(counting) if before[1] == later[1] and later[2] < before[3]
    ]
