"""What the pages under the links in mails show: one gift, one act, and nothing of the donor's other gifts."""

from dataclasses import dataclass
from datetime import date, datetime

from payments.fee import cover_fee_for
from payments.models import Donation, MonthlyGift, MonthlyTerms, RenewalTrouble
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import LIVE, ActVerb, Interval, LinkPurpose, MonthlyKind, MonthlyState, TroubleState
from payments.queries.links import act_of, act_of_link, open_link
from payments.queries.monthly_can import possible_acts
from payments.queries.monthly_dates import anchor_of, next_dates
from payments.queries.monthly_rows import IN_THE_AIR, OPEN_TROUBLE, ActRow, act_row
from payments.queries.monthly_terms import terms_of
from payments.states import RECEIVED


@dataclass(frozen=True)
class LinkedGift:
    """The monthly gift behind a link, as it stands. Sums in minor units of `currency`; days are Warsaw's."""

    gift_id: int
    kind: MonthlyKind
    state: MonthlyState
    currency: str
    sum_minor: int
    interval: Interval
    titles: tuple[str, ...]
    next_dates: tuple[date, ...]
    language: str

    @property
    def live(self) -> bool:
        """Whether it goes on."""
        return self.state in LIVE


@dataclass(frozen=True)
class GivenOnce:
    """One gift that was made under it and stays given, whatever becomes of the monthly one."""

    donation_id: int
    due_on: date | None
    sum_minor: int
    currency: str


@dataclass(frozen=True)
class UndoPage:
    """Stop a gift that was not meant to be monthly. `act` is what this link has done, if anything: confirmed, or in
    doubt. `given` stays given as single gifts."""

    gift: LinkedGift
    given: tuple[GivenOnce, ...]
    act: ActRow | None
    can_undo: bool


@dataclass(frozen=True)
class UpgradePage:
    """Raise a gift by `add_minor`; `sum_after_minor` is what it would be then, with the covered fee.

    `changed`: it is no longer what the offer was made for, so the link does nothing any more.
    """

    gift: LinkedGift
    add_minor: int
    sum_after_minor: int
    act: ActRow | None
    changed: bool
    can_accept: bool


@dataclass(frozen=True)
class MergePage:
    """Raise the first gift (`keep`) by the second (`end`), which ends. `sum_after_minor` is what the first would be."""

    keep: LinkedGift
    end: LinkedGift
    sum_after_minor: int
    act: ActRow | None
    can_merge: bool


@dataclass(frozen=True)
class MendPage:
    """Pay one renewal that failed. `sum_minor` in minor units of `currency`; it and the renewal can't be changed.

    `to_pay`: it can still be paid. `in_doubt`: it is not known whether a payment of a moment ago went through, so none
    is offered. `can_use_kept`: the way to pay that is kept may be tried again; else another one has to be given.
    `ended`: the gift is over, and only signing in begins it again.
    """

    gift_id: int
    trouble_id: int
    state: TroubleState
    sum_minor: int
    currency: str
    due_on: date
    titles: tuple[str, ...]
    next_try_on: date | None
    to_pay: bool
    in_doubt: bool
    can_use_kept: bool
    method_kind: str
    method_expires: int | None
    ended: bool
    language: str


def undo_page(*, token: str, now: datetime) -> UndoPage | None:
    """What the link of the first mail shows; None for a link that is no good."""
    link = open_link(token=token, purpose=LinkPurpose.UNDO, now=now)
    if link is None:
        return None
    gift = MonthlyGift.objects.get(pk=link.gift_id)
    _, act = act_of_link(link=link)
    given = Donation.objects.filter(monthly_gift=gift, state__in=RECEIVED).order_by("due_on", "pk")
    return UndoPage(
        gift=_linked(gift, now=now),
        given=tuple(
            GivenOnce(donation_id=row.pk, due_on=row.due_on, sum_minor=row.gross_minor, currency=row.currency)
            for row in given
        ),
        act=None if act is None else act_row(act, for_staff=False),
        can_undo=act is None and ActVerb.CANCEL in _possible(gift, now=now),
    )


def upgrade_page(*, token: str, now: datetime) -> UpgradePage | None:
    """What the link of an offer shows; None for a link that is no good."""
    link = open_link(token=token, purpose=LinkPurpose.UPGRADE, now=now)
    if link is None:
        return None
    gift = MonthlyGift.objects.get(pk=link.gift_id)
    _, act = act_of_link(link=link)
    terms = terms_of(gift_id=gift.pk)
    changed = act is None and terms.pk != link.params["terms"]
    return UpgradePage(
        gift=_linked(gift, now=now),
        add_minor=link.params["add_minor"],
        sum_after_minor=terms.gross_minor if act is not None else sum_with(terms, link.params["add_minor"]),
        act=None if act is None else act_row(act, for_staff=False),
        changed=changed,
        can_accept=act is None and not changed and ActVerb.CHANGE in _possible(gift, now=now),
    )


def merge_page(*, token: str, now: datetime) -> MergePage | None:
    """What the link in the first mail of a second gift shows; None for a link that is no good."""
    link = open_link(token=token, purpose=LinkPurpose.MERGE, now=now)
    if link is None:
        return None
    end, keep = MonthlyGift.objects.get(pk=link.gift_id), MonthlyGift.objects.get(pk=link.params["keep"])
    _, act = act_of_link(link=link)
    kept, ended = terms_of(gift_id=keep.pk), terms_of(gift_id=end.pk)
    both = all(ActVerb.MERGE in _possible(gift, now=now) for gift in (keep, end))
    lines_minor = kept.lines_minor + ended.lines_minor
    covers = kept.cover_fee_minor > 0 or ended.cover_fee_minor > 0
    after = lines_minor + (cover_fee_for(total_minor=lines_minor) if covers else 0)
    return MergePage(
        keep=_linked(keep, now=now),
        end=_linked(end, now=now),
        sum_after_minor=kept.gross_minor if act is not None else after,
        act=None if act is None else act_row(act, for_staff=False),
        can_merge=act is None and both and kept.interval == ended.interval,
    )


def mend_page(*, token: str, now: datetime) -> MendPage | None:
    """What the link in the mail about a failed renewal shows; None for a link that is no good."""
    link = open_link(token=token, purpose=LinkPurpose.MEND, now=now)
    if link is None:
        return None
    trouble = RenewalTrouble.objects.select_related("gift").get(pk=link.params["trouble"])
    gift = trouble.gift
    in_doubt = is_mending(trouble=trouble)
    state = TroubleState(trouble.state)
    to_pay = not in_doubt and state in OPEN_TROUBLE and ActVerb.MEND in _possible(gift, now=now)
    return MendPage(
        gift_id=gift.pk,
        trouble_id=trouble.pk,
        state=state,
        sum_minor=trouble.amount_minor,
        currency=gift.currency,
        due_on=trouble.due_on,
        titles=_titles(_terms_named(gift=gift, ref=link.params["terms"])),
        next_try_on=None if trouble.next_try_at is None else warsaw_day(trouble.next_try_at),
        to_pay=to_pay,
        in_doubt=in_doubt,
        can_use_kept=to_pay and may_use_kept(trouble=trouble, now=now),
        method_kind=gift.method_kind,
        method_expires=gift.method_expires,
        ended=gift.state not in LIVE,
        language=gift.language,
    )


def mend_prefix(*, trouble: RenewalTrouble) -> str:
    """What the request keys of paying one renewal begin with: two links to it are one way of paying it."""
    return f"mend:{trouble.pk}"


def is_mending(*, trouble: RenewalTrouble) -> bool:
    """Whether a payment of it is being asked for, or in doubt."""
    _, act = act_of(prefix=mend_prefix(trouble=trouble))
    return act is not None and act.state in IN_THE_AIR


def may_use_kept(*, trouble: RenewalTrouble, now: datetime) -> bool:
    """Whether the way to pay that is kept can be tried again. Not where the bank wants the donor's own confirmation, and
    not when the card has expired."""
    gift, today = trouble.gift, warsaw_day(now)
    expired = gift.method_expires is not None and gift.method_expires < today.year * 100 + today.month
    return bool(gift.method_ref) and not expired and trouble.state != TroubleState.ACTION_REQUIRED


def sum_with(terms: MonthlyTerms, add_minor: int) -> int:
    """What one gift is after a raise of `add_minor`, with the covered fee where one is covered."""
    lines_minor = terms.lines_minor + add_minor
    return lines_minor + (cover_fee_for(total_minor=lines_minor) if terms.cover_fee_minor else 0)


def _linked(gift: MonthlyGift, *, now: datetime) -> LinkedGift:
    terms = terms_of(gift_id=gift.pk)
    return LinkedGift(
        gift_id=gift.pk,
        kind=MonthlyKind(gift.kind),
        state=MonthlyState(gift.state),
        currency=gift.currency,
        sum_minor=terms.gross_minor,
        interval=Interval(terms.interval),
        titles=_titles(terms),
        next_dates=next_dates(gift=gift, terms=terms, anchor_at=anchor_of(gift=gift), now=now),
        language=gift.language,
    )


def _possible(gift: MonthlyGift, *, now: datetime) -> frozenset[ActVerb]:
    return possible_acts(
        gift=gift,
        in_the_air=gift.acts.filter(state__in=IN_THE_AIR).exists(),
        in_trouble=gift.troubles.filter(state__in=OPEN_TROUBLE).exists(),
        now=now,
    )


def _terms_named(*, gift: MonthlyGift, ref: str) -> MonthlyTerms:
    known = ref.isascii() and ref.isdigit() and len(ref) <= 18
    named = MonthlyTerms.objects.filter(pk=int(ref), gift=gift).first() if known else None
    return named or terms_of(gift_id=gift.pk)


def _titles(terms: MonthlyTerms) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.title for line in terms.lines.all()))
