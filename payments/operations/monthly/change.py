"""Changing what is given, and when. The gift that is already on its way isn't touched.

Another sum or need is one change of the subscription. Another day or interval moves the months, which the provider can't
do in place: a new subscription takes the old one's place, and its first charge is never earlier than the gift that was
due anyway.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.money import MAX_GIFT, MIN_GIFT, AmountError, AmountReason
from payments import current_provider
from payments.failures import FailureKind
from payments.fee import cover_fee_for
from payments.models import MonthlyGift, MonthlyLine, MonthlyTerms, SharePolicy
from payments.monthly_calendar import charge_times
from payments.monthly_states import ActVerb, Interval, MonthlyState
from payments.operations.monthly.acts import (
    Acted,
    By,
    NotNow,
    NotNowReason,
    commit_act,
    is_being_taken,
    known_act,
    one_act,
    read_subscription,
    refuse_if_being_taken,
    refuse_if_charge_is_near,
)
from payments.operations.monthly.doing import ReadBackDiffers, Run, carry_out
from payments.operations.monthly.read_back import ReadBack
from payments.operations.monthly.replace import replace_subscription, usable_method
from payments.operations.monthly.titles import gift_title
from payments.operations.start import FrozenLine, TotalChanged
from payments.provider import ProviderUnavailable, SubscriptionFacts
from payments.queries.monthly_dates import SKIP_LASTS, first_at_or_after, next_times
from payments.queries.monthly_terms import terms_of
from payments.queries.share_policies import lower_share


@one_act
def change_terms(
    *,
    gift_id: int,
    by: By,
    request_key: str,
    now: datetime,
    lines: Sequence[FrozenLine] | None = None,
    interval: Interval | None = None,
    day: int | None = None,
    cover_fee: bool | None = None,
    expected_total_minor: int | None = None,
    what: str = "change",
) -> Acted:
    """Change sum, need, interval, day or covered fee; what is None stays. The same `request_key` is the same act.

    Sums are counted from `lines`, in grosze; `expected_total_minor` is what the donor was shown, if anything. `what`
    is the word in the mail ("upgrade" for a raise by a link). Errors as `skip_next`, and core.money.AmountError beyond
    the limits, TotalChanged, ValueError for a day that no month has.
    """
    if day is not None and not 1 <= day <= 31:
        raise ValueError("a day of a month is 1 to 31")
    act = known_act(gift_id=gift_id, verb=ActVerb.CHANGE, by=by, request_key=request_key)
    if act is None:
        gift, facts = read_subscription(gift_id=gift_id, verb=ActVerb.CHANGE, now=now)
        if facts is not None:
            refuse_if_being_taken(facts=facts, now=now)
        before = terms_of(gift_id=gift_id)
        after = draft_terms(before=before, lines=lines, interval=interval, day=day, cover_fee=cover_fee)
        if expected_total_minor is not None and after.gross_minor != expected_total_minor:
            raise TotalChanged(expected=expected_total_minor, actual=after.gross_minor)
        moves = (after.interval, after.day) != (before.interval, before.day)
        if not moves and lines_of(before) == after.lines and after.fee_minor == before.cover_fee_minor:
            raise NotNow(NotNowReason.NOTHING_CHANGES)
        params = _to_replace(gift=gift, facts=facts, before=before, day=after.day, now=now) if moves else {}
        act = commit_act(
            gift_id=gift_id,
            verb=ActVerb.CHANGE,
            by=by,
            request_key=request_key,
            params={"what": what, "ref": "" if facts is None else facts.ref, **params},
            write_terms=lambda locked: write_terms(gift=locked, draft=after, because=what, now=now),
            now=now,
        )
    return carry_out(act_id=act.pk, do=do_change, now=now)


class TermsDraft:
    """What a version of terms will say. Sums in minor units."""

    def __init__(self, *, lines: Sequence[FrozenLine], interval: Interval, day: int, cover_fee: bool) -> None:
        """Raises core.money.AmountError beyond the limits, ValueError without lines."""
        if not lines or any(line.unit_minor <= 0 or line.quantity <= 0 for line in lines):
            raise ValueError("a gift needs lines with a positive sum")
        self.lines = tuple(lines)
        self.interval, self.day = interval, day
        self.lines_minor = sum(line.unit_minor * line.quantity for line in lines)
        self.fee_minor = cover_fee_for(total_minor=self.lines_minor) if cover_fee else 0
        self.gross_minor = self.lines_minor + self.fee_minor
        if self.lines_minor < MIN_GIFT:
            raise AmountError(AmountReason.TOO_SMALL)
        if self.gross_minor > MAX_GIFT:
            raise AmountError(AmountReason.TOO_LARGE)


def draft_terms(
    *,
    before: MonthlyTerms,
    lines: Sequence[FrozenLine] | None = None,
    interval: Interval | None = None,
    day: int | None = None,
    cover_fee: bool | None = None,
) -> TermsDraft:
    """The terms in force with what is given in its place."""
    return TermsDraft(
        lines=lines_of(before) if lines is None else lines,
        interval=interval or Interval(before.interval),
        day=day or before.day,
        cover_fee=before.cover_fee_minor > 0 if cover_fee is None else cover_fee,
    )


def lines_of(terms: MonthlyTerms) -> tuple[FrozenLine, ...]:
    """A version's lines as they were frozen."""
    return tuple(
        FrozenLine(
            title=line.title,
            fund_code=line.fund_code,
            unit_minor=line.unit_minor,
            quantity=line.quantity,
            fallback=line.fallback,
        )
        for line in sorted(terms.lines.all(), key=lambda line: line.position)
    )


def write_terms(
    *, gift: MonthlyGift, draft: TermsDraft, because: str, now: datetime, joined: MonthlyTerms | None = None
) -> MonthlyTerms:
    """Store the next version; the caller holds the gift's lock. It counts from when its act is confirmed. The share for
    running costs stays at most what was said before, of this gift and of the one that is `joined` to it: no page of a change
    says another."""
    before = MonthlyTerms.objects.filter(gift=gift).select_related("share_policy").latest("version")
    terms = MonthlyTerms.objects.create(
        gift=gift,
        version=before.version + 1,
        interval=draft.interval,
        day=draft.day,
        lines_minor=draft.lines_minor,
        cover_fee_minor=draft.fee_minor,
        gross_minor=draft.gross_minor,
        share_policy_id=lower_share(agreed=_lower(before, joined), now=now),
        because=because[:100],
        created_at=now,
    )
    MonthlyLine.objects.bulk_create(
        MonthlyLine(terms=terms, position=position, **asdict(line)) for position, line in enumerate(draft.lines)
    )
    return terms


def _lower(before: MonthlyTerms, joined: MonthlyTerms | None) -> SharePolicy | None:
    """The lower of the shares that were said of two gifts."""
    if joined is None:
        return before.share_policy
    if before.share_policy is None or joined.share_policy is None:
        return None
    return min(before.share_policy, joined.share_policy, key=lambda policy: policy.permille)


def _due_after_skip(
    *, gift: MonthlyGift, facts: SubscriptionFacts | None, due_at: datetime, before: MonthlyTerms, now: datetime
) -> datetime:
    """When the gift is due in truth: a gift that is skipped must not come back on another day."""
    resumes_at = gift.paused_until if facts is None else facts.resumes_at
    if resumes_at is None or not due_at < resumes_at <= due_at + SKIP_LASTS:
        return due_at
    if facts is None:
        return next_times(gift=gift, terms=before, anchor_at=None, now=now, count=1)[0]
    interval = Interval(before.interval)
    return charge_times(anchor_at=facts.anchor_at, interval=interval, after=resumes_at, count=1)[0]


def _to_replace(
    *, gift: MonthlyGift, facts: SubscriptionFacts | None, before: MonthlyTerms, day: int, now: datetime
) -> dict[str, Any]:
    """What a new subscription needs, from the old one as it is now. Raises NotNow."""
    due_at = (gift.next_charge_at or now) if facts is None else facts.period_end
    after_skip = _due_after_skip(gift=gift, facts=facts, due_at=due_at, before=before, now=now)
    first_at = first_at_or_after(day=day, due_at=after_skip, now=now)
    if facts is None:
        return {"first_at": first_at.isoformat()}
    if gift.state in (MonthlyState.PAST_DUE, MonthlyState.UNPAID):
        raise NotNow(NotNowReason.MEND_FIRST)
    refuse_if_charge_is_near(charge_at=due_at, now=now, today=True)
    method = facts.method or usable_method(customer_ref=facts.customer_ref, now=now)
    if method is None:
        raise NotNow(NotNowReason.NO_METHOD)
    return {
        "due_at": due_at.isoformat(),
        "first_at": first_at.isoformat(),
        "method_ref": method.ref,
        "customer_ref": facts.customer_ref,
        "paused_until": facts.resumes_at.isoformat() if facts.paused and facts.resumes_at else "",
    }


def do_change(run: Run) -> ReadBack:
    """What a change is at the provider; by hand, in our own row."""
    assert run.terms is not None
    params = run.act.params
    first_at = datetime.fromisoformat(params["first_at"]) if "first_at" in params else None
    if not params["ref"]:
        return ReadBack(change=lambda gift: _move_by_hand(gift, first_at=first_at))
    if first_at is None:
        return ReadBack(facts=change_sum(run=run, terms=run.terms, ref=params["ref"]))
    facts = replace_subscription(
        run=run,
        terms=run.terms,
        old_ref=params["ref"],
        customer_ref=params["customer_ref"],
        method_ref=params["method_ref"],
        due_at=datetime.fromisoformat(params["due_at"]),
        first_at=first_at,
        paused_until=datetime.fromisoformat(params["paused_until"]) if params["paused_until"] else None,
    )
    if not _is_as(facts=facts, terms=run.terms) or facts.recurrence.value != run.terms.interval:
        raise ReadBackDiffers
    return ReadBack(facts=facts)


def change_sum(*, run: Run, terms: MonthlyTerms, ref: str, however_late: bool = False) -> SubscriptionFacts:
    """Another sum from the next gift on, as read back. Raises what Run.step raises, ReadBackDiffers."""
    provider = current_provider()
    if is_being_taken(facts=provider.fetch_subscription(ref=ref), now=run.now):
        # it would be told the new terms, and take the old sum: nobody asks before it is taken
        raise ProviderUnavailable(kind=FailureKind.STILL_PENDING)
    title = gift_title(lines=terms.lines.all(), cover_fee_minor=terms.cover_fee_minor, language=run.gift.language)

    def look() -> SubscriptionFacts | None:
        facts = provider.fetch_subscription(ref=ref)
        return facts if _is_as(facts=facts, terms=terms) else None

    run.step(
        run.act.verb,
        ask_for=lambda key: provider.change_amount(
            ref=ref,
            item_ref=provider.fetch_subscription(ref=ref).item_ref,
            title=title,
            amount_minor=terms.gross_minor,
            terms_ref=str(terms.pk),
            idempotency_key=key,
        ),
        look=look,
        ref_of=lambda facts: facts.ref,
        however_late=however_late,
    )
    facts = look()
    if facts is None:
        raise ReadBackDiffers
    return facts


def _is_as(*, facts: SubscriptionFacts, terms: MonthlyTerms) -> bool:
    return (facts.amount_minor, facts.terms_ref) == (terms.gross_minor, str(terms.pk))


def _move_by_hand(gift: MonthlyGift, *, first_at: datetime | None) -> None:
    if first_at is not None:
        gift.next_charge_at = first_at
        gift.save(update_fields=["next_charge_at"])
