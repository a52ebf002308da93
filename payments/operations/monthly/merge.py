"""Two monthly gifts of one donor become one: the first is raised by the second, which ends.

The second ends first. So whatever breaks in between, nothing is charged twice; the raise is made good by the sweeper.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from payments import current_provider
from payments.failures import FailureKind
from payments.models import MonthlyGift
from payments.monthly_states import ActState, ActVerb, Interval, MonthlyKind
from payments.operations.monthly.acts import (
    LONGEST_REQUEST_KEY,
    Acted,
    By,
    NotNow,
    NotNowReason,
    check_possible,
    clear_the_way,
    commit_act,
    known_act,
    one_act,
    refuse_if_being_taken,
)
from payments.operations.monthly.cancel import cancel_monthly
from payments.operations.monthly.change import TermsDraft, change_sum, lines_of, write_terms
from payments.operations.monthly.doing import NeverHappened, Run, carry_out
from payments.operations.monthly.read_back import ReadBack
from payments.operations.start import FrozenLine
from payments.provider import ProviderUnavailable
from payments.queries.monthly_terms import terms_of

END = ":end"


@one_act
def merge_gifts(*, keep_id: int, end_id: int, by: By, request_key: str, now: datetime) -> Acted:
    """Raise `keep_id` by the sum of `end_id`, and end that: one act each. The answer is of the first's.

    Errors as `skip_next`; NotNow(OTHER_INTERVAL) when they are not given equally often, core.money.AmountError when one
    gift may not be so large, MonthlyGift.DoesNotExist when they are not of the same donor.
    """
    if len(request_key) + len(END) > LONGEST_REQUEST_KEY:
        raise ValueError("a request key of a merge has at most 76 characters")
    act = known_act(gift_id=keep_id, verb=ActVerb.MERGE, by=by, request_key=request_key)
    if act is None:
        for gift_id in (keep_id, end_id):
            clear_the_way(gift_id=gift_id, now=now)
        keep, end = MonthlyGift.objects.get(pk=keep_id), MonthlyGift.objects.get(pk=end_id)
        if keep.donor_id != end.donor_id or keep_id == end_id:
            raise MonthlyGift.DoesNotExist(str(end_id))
        check_possible(gift=keep, verb=ActVerb.MERGE, now=now)
        check_possible(gift=end, verb=ActVerb.MERGE, now=now)
        draft = _joined(keep_id=keep_id, end_id=end_id)
        if keep.kind == MonthlyKind.AUTOMATIC and keep.subscription_ref:
            refuse_if_being_taken(facts=current_provider().fetch_subscription(ref=keep.subscription_ref), now=now)
        act = commit_act(
            gift_id=keep_id,
            verb=ActVerb.MERGE,
            by=by,
            request_key=request_key,
            params={"end": end_id, "ref": keep.subscription_ref or ""},
            write_terms=lambda gift: write_terms(
                gift=gift, draft=draft, because="merge", now=now, joined=terms_of(gift_id=end_id)
            ),
            now=now,
        )
    return carry_out(act_id=act.pk, do=do_merge, now=now)


def do_merge(run: Run) -> ReadBack:
    """End the one, then raise the other. Raises what Run.step raises, NeverHappened when the one can't be ended."""
    assert run.terms is not None
    by = By(donor_id=run.gift.donor_id) if run.act.actor is None else By(staff=run.act.actor, reason=run.act.reason)
    try:
        ended = cancel_monthly(
            gift_id=run.act.params["end"],
            by=by,
            request_key=f"{run.act.request_key}{END}",
            ending="merge",
            now=run.now,
        )
    except NotNow:
        raise NeverHappened from None
    if ended.state is ActState.REFUSED:
        raise NeverHappened
    run.done = True
    if ended.state is not ActState.CONFIRMED:
        raise ProviderUnavailable(kind=FailureKind.STILL_PENDING)
    if not run.act.params["ref"]:
        return ReadBack()
    return ReadBack(facts=change_sum(run=run, terms=run.terms, ref=run.act.params["ref"], however_late=True))


def _joined(*, keep_id: int, end_id: int) -> TermsDraft:
    kept, ended = terms_of(gift_id=keep_id), terms_of(gift_id=end_id)
    if kept.interval != ended.interval:
        raise NotNow(NotNowReason.OTHER_INTERVAL)
    return TermsDraft(
        lines=join_lines(lines_of(kept), lines_of(ended)),
        interval=Interval(kept.interval),
        day=kept.day,
        cover_fee=kept.cover_fee_minor > 0 or ended.cover_fee_minor > 0,
    )


def join_lines(kept: Sequence[FrozenLine], added: Sequence[FrozenLine]) -> list[FrozenLine]:
    """The lines of both. Two sums for one need become one sum; a package given again counts one more."""
    lines = list(kept)
    for line in added:
        place = next((number for number, own in enumerate(lines) if _is_same(own, line)), None)
        if place is None:
            lines.append(line)
        elif lines[place].unit_minor == line.unit_minor and line.quantity + lines[place].quantity > 2:
            lines[place] = replace(lines[place], quantity=lines[place].quantity + line.quantity)
        elif lines[place].quantity == line.quantity == 1:
            lines[place] = replace(lines[place], unit_minor=lines[place].unit_minor + line.unit_minor)
        else:
            lines.append(line)
    return lines


def _is_same(own: FrozenLine, line: FrozenLine) -> bool:
    return (own.title, own.fund_code) == (line.title, line.fund_code)
