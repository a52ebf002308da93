"""Monthly gifts for tests, begun at the sandbox and lived through there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ledger.models import Fund
from payments import operations
from payments.models import MonthlyGift
from payments.monthly_states import Interval, MonthlyKind, ReceiptPolicy
from payments.operations import FrozenLine
from payments.operations.monthly import StartedMonthly, settle_monthly, start_monthly
from stripe_sandbox.testing import Client
from tests.factories.donors import make_donor
from tests.factories.ledger import make_books
from tests.factories.monthly import NIGHT_EACH_MONTH
from tests.factories.payments import CANCEL, RETURN, TERMS
from tests.factories.time import NOW


def begin_monthly(
    *,
    intent_key: str = "monthly-of-zofia",
    lines: Sequence[FrozenLine] = (NIGHT_EACH_MONTH,),
    cover_fee: bool = False,
    language: str = "pl",
    now: datetime = NOW,
    **given: Any,
) -> StartedMonthly:
    """A monthly gift whose page is open; on today's day unless told otherwise. Books and donor are made if missing."""
    if not Fund.objects.filter(code="WARM-NIGHT").exists():
        make_books(now=now)
    total = sum(line.unit_minor * line.quantity for line in lines)
    fee = operations.cover_fee_for(total_minor=total) if cover_fee else 0
    return start_monthly(
        **{
            "intent_key": intent_key,
            "donor_id": given.pop("donor_id", None) or make_donor(language=language),
            "kind": MonthlyKind.AUTOMATIC,
            "lines": lines,
            "interval": Interval.MONTH,
            "day": now.day,
            "cover_fee": cover_fee,
            "expected_total_minor": total + fee,
            "receipt_policy": ReceiptPolicy.EACH,
            "language": language,
            "terms_version": TERMS,
            "return_url": lambda token: RETURN.format(token=token),
            "cancel_url": CANCEL,
            "now": now,
            **given,
        }
    )


def page_of(started: StartedMonthly) -> str:
    """The provider's id of the page on which a monthly gift begins."""
    return MonthlyGift.objects.values_list("checkout_ref", flat=True).get(pk=started.gift_id) or ""


def give_monthly(*, sandbox: Client, now: datetime = NOW, card: str = "4242424242424242", **given: Any) -> MonthlyGift:
    """A monthly gift that has begun, paid with a card that works."""
    started = begin_monthly(now=now, **given)
    sandbox.pay(page_of(started), card=card)
    settle_monthly(gift_id=started.gift_id, now=now)
    return MonthlyGift.objects.get(pk=started.gift_id)


def move_clock(sandbox: Client, *, to: datetime) -> None:
    """The provider's clock, standing still at an instant; what falls due until then happens."""
    sandbox.clock(now=int(to.timestamp()), stopped=True)
