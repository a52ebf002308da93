"""Donations for tests: begun at the sandbox, paid there, settled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ledger.models import Fund
from payments import operations
from payments.models import Donation
from payments.operations import FrozenLine, Started
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.donors import make_donor
from tests.factories.ledger import make_books
from tests.factories.time import NOW

FALLBACK = "Gdy potrzeba jest zaspokojona: ten sam obszar, potem tam, gdzie najbardziej potrzeba."
NIGHT = FrozenLine(title="Ciepła noc", fund_code="WARM-NIGHT", unit_minor=18_500, quantity=2, fallback=FALLBACK)
FOREST_GIFT = FrozenLine(title="Las", fund_code="FOREST", unit_minor=5_000, quantity=1, fallback=FALLBACK)
TERMS = "2026-11"
RETURN = "https://store.example.org/pl/thank-you/{token}/"
CANCEL = "https://store.example.org/pl/basket/"


def begin(
    *,
    intent_key: str = "intent-of-zofia",
    lines: Sequence[FrozenLine] = (NIGHT,),
    cover_fee: bool = False,
    language: str = "pl",
    now: datetime = NOW,
    **given: Any,
) -> Started:
    """A donation whose payment page is open. The books and the donor are made if they are missing."""
    if not Fund.objects.filter(code="WARM-NIGHT").exists():
        make_books(now=now)
    total = sum(line.unit_minor * line.quantity for line in lines)
    fee = operations.cover_fee_for(total_minor=total) if cover_fee else 0
    return operations.start_donation(
        **{
            "intent_key": intent_key,
            "donor_id": given.pop("donor_id", None) or make_donor(language=language),
            "lines": lines,
            "cover_fee": cover_fee,
            "expected_total_minor": total + fee,
            "language": language,
            "terms_version": TERMS,
            "return_url": lambda token: RETURN.format(token=token),
            "cancel_url": CANCEL,
            "now": now,
            **given,
        }
    )


def checkout_ref(started: Started) -> str:
    """The provider's id of a donation's payment page."""
    return Donation.objects.values_list("checkout_ref", flat=True).get(pk=started.donation_id) or ""


def give(*, sandbox: Client, now: datetime = NOW, **given: Any) -> Donation:
    """A settled donation, paid with a card that works."""
    started = begin(now=now, **given)
    sandbox.pay(checkout_ref(started))
    assert operations.settle(donation_id=started.donation_id, now=now) is DonationState.SETTLED
    return Donation.objects.get(pk=started.donation_id)
