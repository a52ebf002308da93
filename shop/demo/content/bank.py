"""What banks do in the demo: a payout that arrives, and a dispute that waits for an answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from payments.models import Charge, ChargeOutcome
from payments.operations.book_dispute import take_in_dispute
from payments.operations.payouts import take_in_payout
from payments.states import DonationState
from shop.demo.content.help import Step
from shop.demo.content.months import Months
from shop.demo.content.sandbox import SandboxHand

SENT = 0.6
"""How much of the second month is over when the provider pays out."""
TAKES = timedelta(days=2)
DISPUTED_BEFORE = timedelta(hours=5)


def plan_bank(*, months: Months, sandbox: SandboxHand) -> Iterator[Step]:
    """What is done, and when."""
    sent, payouts = months.at(months.second, SENT), list[str]()
    yield sent, lambda: payouts.append(_pay_out(at=sent, sandbox=sandbox))
    arrives = min(sent + TAKES, months.now)
    yield arrives, lambda: _take_in(ref=payouts[0], at=arrives, sandbox=sandbox)
    lately = months.now - DISPUTED_BEFORE
    yield lately, lambda: _dispute(at=lately, sandbox=sandbox)


def _pay_out(*, at: datetime, sandbox: SandboxHand) -> str:
    sandbox.set_clock(at)
    return sandbox.pay_out()


def _take_in(*, ref: str, at: datetime, sandbox: SandboxHand) -> None:
    sandbox.set_clock(at)
    take_in_payout(ref=ref, now=at)


def _dispute(*, at: datetime, sandbox: SandboxHand) -> None:
    """The latest gift that was given once: its donor doesn't know our name on the statement."""
    sandbox.set_clock(at)
    gifts = Charge.objects.filter(
        outcome=ChargeOutcome.GIFT, donation__state=DonationState.SETTLED, donation__monthly_gift=None, paid_at__lt=at
    )
    latest = gifts.order_by("-paid_at").first()
    assert latest is not None
    take_in_dispute(ref=sandbox.dispute(latest.ref), now=at)
