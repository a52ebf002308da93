"""What happens to money after it was given: paid out, disputed, warned of."""

from datetime import timedelta

from django.db.models import Sum

from core.models import User
from ledger.models import Posting
from payments.models import Charge, Donation
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
