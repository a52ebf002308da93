"""Payouts: as a report knows them at a mark, and as staff see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Coalesce

from ledger.models import Mark
from payments.models import Payout, PayoutState

AT_MARK = """
    SELECT payout.ref, -sent.amount_minor, parts.net_minor,
           EXISTS (SELECT FROM ledger_journalentry WHERE reference = 'payout-paid:' || payout.ref AND id <= %(last)s),
           EXISTS (SELECT FROM ledger_journalentry WHERE reference = 'payout:' || back.ref AND id <= %(last)s)
      FROM payments_payout payout
      JOIN payments_balancemovement sent ON sent.id = payout.movement_id
      JOIN ledger_journalentry entry ON entry.reference = 'payout:' || sent.ref AND entry.id <= %(last)s
      LEFT JOIN payments_balancemovement back ON back.id = payout.failure_movement_id
      LEFT JOIN LATERAL (
            SELECT sum(part.net_minor)::bigint AS net_minor
              FROM payments_payoutpart listed JOIN payments_balancemovement part ON part.id = listed.movement_id
             WHERE listed.payout_id = payout.id AND listed.after_mark < %(mark)s
           ) parts ON true
     ORDER BY payout.created_at, payout.ref
"""


@dataclass(frozen=True)
class PayoutSum:
    """A payout as the mark knows it, in grosze. `parts_minor` is None while the provider has not said what is in it, and
    for one by hand: then there is nothing to compare with."""

    ref: str
    booked_minor: int
    parts_minor: int | None
    status: PayoutState


def payouts_at(*, mark: Mark) -> list[PayoutSum]:
    """Every payout that was booked by the mark, oldest first: the same whenever it is called. One query."""
    with connection.cursor() as cursor:
        cursor.execute(AT_MARK, {"last": mark.last_entry_id, "mark": mark.pk})
        return [
            PayoutSum(ref=ref, booked_minor=booked, parts_minor=parts, status=_status(arrived, returned))
            for ref, booked, parts, arrived, returned in cursor.fetchall()
        ]


def _status(arrived: bool, returned: bool) -> PayoutState:
    """As far as the books say: one that came back did not stay, whatever it was before."""
    if returned:
        return PayoutState.FAILED
    return PayoutState.PAID if arrived else PayoutState.IN_TRANSIT


@dataclass(frozen=True)
class PayoutRow:
    """A payout as staff see it, in minor units of `currency`. `parts_minor` None: its parts are not known."""

    payout_id: int
    ref: str
    amount_minor: int
    parts_minor: int | None
    currency: str
    state: PayoutState
    automatic: bool
    arrives_on: date
    created_at: datetime
    failure: str

    @property
    def differs(self) -> bool:
        """Whether it isn't the sum of its parts."""
        return self.parts_minor is not None and self.parts_minor != self.amount_minor


@dataclass(frozen=True)
class PartRow:
    """One movement that was paid out, in minor units of the settlement currency."""

    ref: str
    category: str
    source_ref: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    created_at: datetime


def payouts_for_staff(
    *, payout_id: int | None = None, states: Sequence[str] | None = None, limit: int = 50, offset: int = 0
) -> list[PayoutRow]:
    """Payouts, newest first."""
    rows = Payout.objects.order_by("-created_at", "-pk")
    if payout_id is not None:
        rows = rows.filter(pk=payout_id)
    if states is not None:
        rows = rows.filter(state__in=states)
    summed = rows.annotate(parts_minor=Coalesce(Sum("parts__movement__net_minor"), 0))
    return [
        PayoutRow(
            payout_id=row.pk,
            ref=row.ref,
            amount_minor=row.amount_minor,
            parts_minor=row.parts_minor if row.reconciled_at is not None else None,
            currency=row.currency,
            state=PayoutState(row.state),
            automatic=row.automatic,
            arrives_on=row.arrives_on,
            created_at=row.created_at,
            failure=row.failure,
        )
        for row in summed[offset : offset + limit]
    ]


def parts_of_payout(*, payout_id: int, limit: int | None = None, offset: int = 0) -> list[PartRow]:
    """What was paid out in it, oldest first."""
    parts = Payout.objects.get(pk=payout_id).parts.select_related("movement").order_by("movement__created_at", "pk")
    end = None if limit is None else offset + limit
    return [
        PartRow(
            ref=part.movement.ref,
            category=part.movement.category,
            source_ref=part.movement.source_ref,
            amount_minor=part.movement.amount_minor,
            fee_minor=part.movement.fee_minor,
            net_minor=part.movement.net_minor,
            currency=part.movement.currency,
            created_at=part.movement.created_at,
        )
        for part in parts[offset:end]
    ]


def parts_by_category(*, payout_id: int) -> list[tuple[str, int, int]]:
    """The provider's reporting categories in a payout: how many movements, and what they sum to."""
    payout = Payout.objects.get(pk=payout_id)
    sums: dict[str, tuple[int, int]] = {}
    for category, net in payout.parts.values_list("movement__category", "movement__net_minor"):
        count, total = sums.get(category, (0, 0))
        sums[category] = (count + 1, total + net)
    return [(category, count, total) for category, (count, total) in sorted(sums.items())]
