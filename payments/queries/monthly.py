"""What can be asked of monthly gifts: by their donor, and by staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from payments.models import MonthlyAct, MonthlyGift
from payments.queries.gifts import GiftRow, gifts_of
from payments.queries.monthly_dates import next_dates
from payments.queries.monthly_rows import OPEN_TROUBLE, ActRow, MonthlyRow, TroubleRow, act_row, rows_of
from payments.queries.monthly_standing import Standing
from payments.queries.monthly_terms import terms_in_force, terms_of

__all__ = [
    "ActRow",
    "MonthlyPage",
    "MonthlyRow",
    "Standing",
    "TroubleRow",
    "act_page",
    "monthly_gift_for_staff",
    "monthly_gift_page",
    "monthly_gifts_for_staff",
    "monthly_gifts_of",
    "next_dates",
    "terms_in_force",
    "terms_of",
]

LAST_ACTS = 20
LAST_GIFTS = 24


@dataclass(frozen=True)
class MonthlyPage:
    """One monthly gift with its last acts and its last gifts, both newest first."""

    row: MonthlyRow
    acts: tuple[ActRow, ...]
    gifts: tuple[GiftRow, ...]


def monthly_gifts_of(*, donor_id: int, now: datetime) -> list[MonthlyRow]:
    """Every monthly gift of a donor, newest first."""
    return rows_of(gifts=MonthlyGift.objects.filter(donor_id=donor_id).order_by("-created_at", "-pk"), now=now)


def monthly_gift_page(*, gift_id: int, donor_id: int, now: datetime) -> MonthlyPage | None:
    """One of them; None for another's, as for one that doesn't exist."""
    return _page(MonthlyGift.objects.filter(pk=gift_id, donor_id=donor_id).first(), for_staff=False, now=now)


def monthly_gift_for_staff(*, gift_id: int, now: datetime) -> MonthlyPage | None:
    """Any of them, with who of the staff acted and why. No personal data: the donor is a number."""
    return _page(MonthlyGift.objects.filter(pk=gift_id).first(), for_staff=True, now=now)


def monthly_gifts_for_staff(
    *,
    now: datetime,
    gift_id: int | None = None,
    donor_id: int | None = None,
    states: Sequence[str] | None = None,
    kind: str | None = None,
    in_trouble: bool | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[MonthlyRow]:
    """Those that match everything given, newest first. A donor is found by `donors.queries.find_donor` before."""
    rows = MonthlyGift.objects.order_by("-created_at", "-pk")
    if gift_id is not None:
        rows = rows.filter(pk=gift_id)
    if donor_id is not None:
        rows = rows.filter(donor_id=donor_id)
    if states is not None:
        rows = rows.filter(state__in=states)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if in_trouble is not None:
        troubled = MonthlyGift.objects.filter(troubles__state__in=OPEN_TROUBLE).values("pk")
        rows = rows.filter(pk__in=troubled) if in_trouble else rows.exclude(pk__in=troubled)
    return rows_of(gifts=rows[offset : offset + limit], now=now)


def act_page(*, act_id: int, donor_id: int) -> ActRow | None:
    """One act on a donor's own gift, for the page that waits for its answer; None for another's."""
    act = MonthlyAct.objects.filter(pk=act_id, gift__donor_id=donor_id).first()
    return None if act is None else act_row(act, for_staff=False)


def _page(gift: MonthlyGift | None, *, for_staff: bool, now: datetime) -> MonthlyPage | None:
    rows = [] if gift is None else rows_of(gifts=[gift], now=now)
    if gift is None or not rows:
        return None
    acts = MonthlyAct.objects.filter(gift=gift).select_related("actor").order_by("-pk")[:LAST_ACTS]
    return MonthlyPage(
        row=rows[0],
        acts=tuple(act_row(act, for_staff=for_staff) for act in acts),
        gifts=tuple(gifts_of(donor_id=gift.donor_id, monthly_gift_id=gift.pk, limit=LAST_GIFTS)),
    )
