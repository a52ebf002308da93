"""What happens to money after it was given: paid out, disputed, warned of."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Sum

from core.models import User
from ledger.models import Posting
from payments.models import Charge, Dispute, Donation, Payout
from payments.operations.book_dispute import apply_dispute
from payments.operations.book_payout import apply_payout
from payments.provider import DisputeFacts, DisputeStatus, MovementFacts, MovementKind, PayoutFacts, PayoutStatus
from stripe_sandbox.testing import Client
from tests.factories.payments import deliver_all, make_staff
from tests.factories.time import NOW

AVAILABLE = NOW + timedelta(days=5)
"""What was given today can be paid out."""


def pass_days(sandbox: Client, days: int) -> None:
    """The provider's clock moves on; ours is named in each call."""
    sandbox.advance(days=days)


def paid_out(sandbox: Client) -> str:
    """Everything that was given is sent to the bank; the payout's id. Nobody has told us of it yet."""
    pass_days(sandbox, 5)
    made = sandbox.payout()
    assert made is not None
    return str(made["id"])


def charge_of(donation: Donation) -> str:
    """The provider's id of a gift's charge."""
    return Charge.objects.get(donation=donation).ref


def disputed(sandbox: Client, donation: Donation, **facts: object) -> str:
    """A gift that its donor's bank disputes, as the webhooks told us; the dispute's id."""
    made = sandbox.dispute(charge_of(donation), **facts)
    deliver_all(sandbox=sandbox)
    return str(made["id"])


def on_account(code: str) -> int:
    """What stands on an account of the books; debit positive, in grosze."""
    return int(Posting.objects.filter(account__code=code).aggregate(total=Sum("amount_minor"))["total"] or 0)


def treasurer() -> User:
    """Somebody of the staff who may decide."""
    return User.objects.filter(username="bartek").first() or make_staff("bartek")


def movement_facts(
    ref: str, *, kind: MovementKind, category: str, amount_minor: int, source_ref: str, **more: int
) -> MovementFacts:
    """A row of the provider's books, without a provider. `fee_minor` if there is one."""
    fee = more.get("fee_minor", 0)
    return MovementFacts(
        ref=ref,
        kind=kind,
        category=category,
        amount_minor=amount_minor,
        fee_minor=fee,
        net_minor=amount_minor - fee,
        currency="PLN",
        source_ref=source_ref,
        created_at=NOW,
        available_on=NOW,
    )


def make_payout(*, parts: Sequence[MovementFacts] = (), amount_minor: int = 10_000, ref: str = "po_1") -> Payout:
    """A payout on its way, as if the provider had told of it."""
    facts = PayoutFacts(
        ref=ref,
        status=PayoutStatus.IN_TRANSIT,
        amount_minor=amount_minor,
        currency="PLN",
        automatic=True,
        arrives_on=NOW.date(),
        created_at=NOW,
        reconciled=True,
        failure="",
        livemode=False,
        movement=movement_facts(
            f"txn_{ref}", kind=MovementKind.PAYOUT, category="payout", amount_minor=-amount_minor, source_ref=ref
        ),
        failure_movement=None,
    )
    return apply_payout(facts=facts, parts=parts, now=NOW)


def make_dispute(charge: Charge, *, ref: str = "du_1", status: DisputeStatus = DisputeStatus.NEEDS_RESPONSE) -> Dispute:
    """A dispute of all of a charge in złoty, as if the provider had told of it."""
    taken = movement_facts(
        f"txn_{ref}",
        kind=MovementKind.DISPUTE,
        category="dispute",
        amount_minor=-charge.amount_minor,
        source_ref=ref,
        fee_minor=9_000,
    )
    facts = DisputeFacts(
        ref=ref,
        status=status,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        charge_ref=charge.ref,
        reason="fraudulent",
        created_at=NOW,
        answer_by=NOW + timedelta(days=9),
        answers=0,
        livemode=False,
        movements=(taken,),
    )
    return apply_dispute(facts=facts, now=NOW)
