"""Donations for tests: begun at the sandbox, paid there, settled."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import stripe

from core.models import User
from ledger.models import Fund, JournalEntry
from payments import operations
from payments.models import Donation, Refund
from payments.operations import FrozenLine, Received, Started
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


def events_of(sandbox: Client) -> list[dict[str, Any]]:
    """Every event that the provider made, oldest first, as its webhooks would bring them."""
    listed = sandbox.stripe_client().v1.events.list({"limit": 100})
    return [event.to_dict() for event in reversed(list(listed.auto_paging_iter()))]


def deliver(*, sandbox: Client, event: dict[str, Any], now: datetime = NOW) -> Received:
    """One webhook, signed as the provider signs."""
    body = json.dumps(event, default=str)
    header = stripe.WebhookSignature.generate_signature_header(
        body, sandbox.webhook_secret, timestamp=int(now.timestamp())
    )
    return operations.receive_webhook(body=body.encode(), signature=header, now=now)


def deliver_all(*, sandbox: Client, now: datetime = NOW) -> None:
    """Every event so far, delivered and acted on in the order in which they were made."""
    for event in events_of(sandbox):
        received = deliver(sandbox=sandbox, event=event, now=now)
        operations.process_event(event_id=received.event_id, now=now)


def books() -> list[tuple[str, str, tuple[tuple[str, int], ...]]]:
    """The ledger as comparable rows: reference, kind and postings. Our refunds' ids are replaced by the provider's."""
    names = {f"refund:{pk}": f"refund:{ref}" for pk, ref in Refund.objects.values_list("pk", "provider_ref")}
    names |= {f"refund-failed:{pk}": f"failed:{ref}" for pk, ref in Refund.objects.values_list("pk", "provider_ref")}
    rows = []
    for entry in JournalEntry.objects.prefetch_related("postings__account"):
        lines = sorted((posting.account.code, posting.amount_minor) for posting in entry.postings.all())
        rows.append((names.get(entry.reference, entry.reference), entry.kind, tuple(lines)))
    return sorted(rows)


def make_staff(username: str = "ada") -> User:
    """A member of staff."""
    return User.objects.create_user(username=username)
