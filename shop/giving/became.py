"""What a donation became, in words: each part of it, what waits, and when it will be known."""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aid_packages.queries import fund_titles
from core.periods import period_start
from ledger.accounts import ADMIN
from payments.monthly_calendar import warsaw_day
from transparency.attribution.queries import GiftAttribution, Share, gift_attribution
from transparency.attribution.share_kind import ShareKind

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """One part of a donation, ready to be read; its sum in grosze. `month` is a day of its month."""

    month: date
    where: str
    what: str
    amount_minor: int
    report_slug: str | None


@dataclass(frozen=True)
class Became:
    """What a donation became by now, in grosze. `cant_be_shown` where it could not be asked, or doesn't add up.

    Before it is lined up only `from_day` is set: the day from which it will stand here; `is_held` when that day is past, as
    somebody still decides about the money.
    """

    parts: tuple[Part, ...] = ()
    waiting: tuple[tuple[str, int], ...] = ()
    net_minor: int = 0
    is_lined_up: bool = False
    from_day: date | None = None
    is_held: bool = False
    cant_be_shown: bool = False
    has_losses: bool = False
    has_moved: bool = False
    method: int = 1


def became_of(*, donation_id: int, now: datetime) -> Became | None:
    """What a donation became; None for one that was never received, or went back before it did anything."""
    try:
        with transaction.atomic():
            found = gift_attribution(donation_id=donation_id)
            titles = fund_titles() if found is not None and found.lined_up_on is not None else {}
    except DatabaseError:
        log.exception("what donation %s became can't be asked", donation_id)
        return Became(cant_be_shown=True)
    if found is None:
        return None
    if found.lined_up_on is None:
        day = found.will_line_up_on
        return None if day is None else Became(from_day=day, is_held=day < warsaw_day(now))
    return _told(found, titles, donation_id)


def _told(found: GiftAttribution, titles: dict[str, str], donation_id: int) -> Became:
    if sum(share.amount_minor for share in found.shares) + found.waiting_minor != found.net_minor:
        log.error("what donation %s became does not add up", donation_id)
        return Became(cant_be_shown=True)
    return Became(
        parts=tuple(
            _part(share, titles)
            for share in sorted(found.shares, key=lambda share: (share.kind is ShareKind.REDIRECTED, share.period))
        ),
        waiting=tuple((titles.get(fund, fund), amount) for fund, amount in sorted(found.waiting.items())),
        net_minor=found.net_minor,
        is_lined_up=True,
        has_losses=any(share.kind in (ShareKind.LOSS, ShareKind.COST) for share in found.shares),
        has_moved=any(share.given_to is not None for share in found.shares),
        method=found.method_version,
    )


def _part(share: Share, titles: dict[str, str]) -> Part:
    return Part(
        month=warsaw_day(period_start(share.period)),
        where=_where(share, titles),
        what=_what(share),
        amount_minor=share.amount_minor,
        report_slug=share.report_slug,
    )


def _what(share: Share) -> str:
    """What became of it; what running costs spend is no help."""
    if share.fund_code == ADMIN and share.kind is ShareKind.SPENT:
        return pgettext("share of a gift", "spent on running costs, with documents")
    return str(share.kind.label)


def _where(share: Share, titles: dict[str, str]) -> str:
    """The need, with its area; and where it was given to, if it moved."""
    fund = titles.get(share.fund_code, share.fund_code)
    if share.area != share.fund_code:
        fund = _("%(need)s (%(area)s)") % {"need": fund, "area": titles.get(share.area, share.area)}
    if share.given_to is None:
        return fund
    return _("%(fund)s, moved from %(given)s") % {"fund": fund, "given": titles.get(share.given_to, share.given_to)}
