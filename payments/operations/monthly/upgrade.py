"""Asking a donor to give more: a link that raises one gift by one sum, and can do nothing else."""

from datetime import datetime

from django.db import transaction

from core import trail
from donors.models import MailKind
from donors.operations import queue_mail
from payments.models import MonthlyGift, MonthlyTerms, ScopedLink
from payments.monthly_states import LIVE, ActState, ActVerb, LinkPurpose
from payments.operations.monthly.acts import (
    Acted,
    By,
    NotNow,
    NotNowReason,
    commit_act,
    known_act,
    locked_gift,
    read_subscription,
)
from payments.operations.monthly.change import TermsDraft, do_change, draft_terms, lines_of, write_terms
from payments.operations.monthly.doing import carry_out
from payments.operations.monthly.links import UPGRADE_LIVES, make_link, use_link
from payments.operations.start import FrozenLine
from payments.queries.links import PAGES, act_of_link, link_url, manage_url, open_link
from payments.queries.monthly_terms import terms_of

LONGEST_REQUEST_KEY = 60


class GiftChanged(Exception):
    """The gift is no longer what the offer was made for, so the link does nothing. To be expected."""

    def __init__(self, *, gift_id: int) -> None:
        self.gift_id = gift_id
        super().__init__(str(gift_id))


def offer_upgrade(*, gift_id: int, add_minor: int, by: By, request_key: str, now: datetime) -> bool:
    """Mail the donor a link, good for 30 days, that raises the gift by `add_minor` (minor units). False: it was already.

    Staff only, with a reason, in the trail. The mail isn't sent to who turned such mails off. Raises ValueError (not
    staff, not positive, a key of no length or over 60), core.trail.ReasonMissing, NotNow(WRONG_STATE) unless the gift is
    live, core.money.AmountError beyond the limit, MonthlyGift.DoesNotExist.
    """
    if by.staff is None or add_minor <= 0 or not 0 < len(request_key) <= LONGEST_REQUEST_KEY:
        raise ValueError("an offer needs staff, a positive sum and a request key of 1 to 60 characters")
    key = f"upgrade:{gift_id}:{request_key}"
    with transaction.atomic():
        gift = locked_gift(gift_id)
        by.check(gift=gift)
        if ScopedLink.objects.filter(key=key).exists():
            return False
        if gift.state not in LIVE:
            raise NotNow(NotNowReason.WRONG_STATE)
        terms = terms_of(gift_id=gift_id)
        draft = raised(terms, add_minor=add_minor)
        token = make_link(
            gift_id=gift_id,
            purpose=LinkPurpose.UPGRADE,
            params={"add_minor": add_minor, "terms": terms.pk},
            key=key,
            lives_for=UPGRADE_LIVES,
            now=now,
        )
        trail.record(
            actor=by.staff,
            act="monthly.offer",
            subject=str(gift),
            reason=by.reason,
            facts={"add_minor": add_minor, "from_minor": terms.gross_minor},
            now=now,
        )
        url = link_url(token=token, page=PAGES[LinkPurpose.UPGRADE], language=gift.language)
        _tell(gift=gift, draft=draft, add_minor=add_minor, url=url, key=key, now=now)
    return True


def _tell(*, gift: MonthlyGift, draft: TermsDraft, add_minor: int, url: str, key: str, now: datetime) -> None:
    queue_mail(
        donor_id=gift.donor_id,
        kind=MailKind.UPGRADE_OFFER,
        key=key,
        language=gift.language,
        context={
            "add_minor": add_minor,
            "sum_minor": draft.gross_minor,
            "currency": gift.currency,
            "interval": draft.interval,
            "url": url,
            "manage_url": manage_url(gift=gift),
        },
        now=now,
        lapses_at=now + UPGRADE_LIVES,
    )


def accept_upgrade(*, token: str, now: datetime) -> Acted | None:
    """Raise the gift by exactly what was offered; None for a link that is no good.

    Any number of clicks are one raise. A gift that was changed since the offer, in any way, is left alone. Called
    outside any database transaction. Raises GiftChanged, NotNow, ProviderUnavailable (nothing was done).
    """
    link = open_link(token=token, purpose=LinkPurpose.UPGRADE, now=now)
    if link is None:
        return None
    add_minor, terms_id = int(link.params["add_minor"]), int(link.params["terms"])
    by = By(donor_id=MonthlyGift.objects.values_list("donor_id", flat=True).get(pk=link.gift_id))
    key, _ = act_of_link(link=link)
    act = known_act(gift_id=link.gift_id, verb=ActVerb.CHANGE, by=by, request_key=key)
    facts = None
    if act is None:
        try:
            _, facts = read_subscription(gift_id=link.gift_id, verb=ActVerb.CHANGE, now=now)
        except NotNow:
            # what is in the air may be this very raise, by a click that was quicker
            act = known_act(gift_id=link.gift_id, verb=ActVerb.CHANGE, by=by, request_key=key)
            if act is None:
                raise
    if act is None:
        act = commit_act(
            gift_id=link.gift_id,
            verb=ActVerb.CHANGE,
            by=by,
            request_key=key,
            params={"what": "upgrade", "ref": "" if facts is None else facts.ref},
            write_terms=lambda gift: _raise_terms(gift=gift, terms_id=terms_id, add_minor=add_minor, now=now),
            now=now,
        )
    done = carry_out(act_id=act.pk, do=do_change, now=now)
    if done.state is not ActState.REFUSED:
        use_link(token=token, purpose=LinkPurpose.UPGRADE, now=now)
    return done


def raised(terms: MonthlyTerms, *, add_minor: int) -> TermsDraft:
    """The terms with one line more: a free sum to the fund of the first. Raises core.money.AmountError."""
    lines = lines_of(terms)
    first = lines[0]
    more = FrozenLine(
        title=first.title, fund_code=first.fund_code, unit_minor=add_minor, quantity=1, fallback=first.fallback
    )
    return draft_terms(before=terms, lines=[*lines, more])


def _raise_terms(*, gift: MonthlyGift, terms_id: int, add_minor: int, now: datetime) -> MonthlyTerms:
    """The raised version, written under the gift's lock: nobody can have changed it between looking and writing."""
    before = terms_of(gift_id=gift.pk)
    if before.pk != terms_id:
        raise GiftChanged(gift_id=gift.pk)
    return write_terms(gift=gift, draft=raised(before, add_minor=add_minor), because="upgrade", now=now)
