"""Books for tests: a donee, the funds of the tests' needs, and short ways to post."""

from datetime import datetime

from ledger import accounts, operations
from ledger.models import EntryKind, FundUse, Restriction
from ledger.operations import DoneeDetails, Line, Posted
from tests.factories.time import NOW

DONEE = DoneeDetails(
    code="DEMO",
    name="Fundacja Pomocy Bez Granic (demo)",
    krs="0000000000",
    nip="0000000000",
    address="ul. Przykładowa 1, 00-000 Warszawa",
)


def make_books(*, now: datetime = NOW) -> None:
    """Opens the books with the tree that tests speak of: WARM-NIGHT under FOREST under GENERAL, beside ADMIN."""
    operations.open_books(donee=DONEE, now=now)
    operations.open_fund(code="FOREST", parent="GENERAL", restriction=Restriction.PURPOSE, now=now)
    operations.open_fund(code="WARM-NIGHT", parent="FOREST", restriction=Restriction.PURPOSE, now=now)
    operations.open_partner(partner_code="DEMO-FIELD")


def give(
    *, reference: str, amount_minor: int, fund: str = "WARM-NIGHT", event_at: datetime = NOW, now: datetime = NOW
) -> Posted:
    """Books a gift to one fund, as payments does when a donation settles."""
    return operations.post(
        reference=reference,
        kind=EntryKind.GIFT,
        event_at=event_at,
        lines=[
            Line(accounts.STRIPE_CLEARING, amount_minor),
            Line(accounts.fund_account(fund, FundUse.GIFTS), -amount_minor),
        ],
        now=now,
    )


def spend(*, reference: str, amount_minor: int, fund: str = "WARM-NIGHT", event_at: datetime = NOW) -> Posted:
    """Books an own purchase of a fund."""
    return operations.post(
        reference=reference,
        kind=EntryKind.PURCHASE,
        event_at=event_at,
        lines=[
            Line(accounts.fund_account(fund, FundUse.SPENT), amount_minor),
            Line(accounts.PAYABLE, -amount_minor),
        ],
        now=event_at,
    )


def collect_cash(*, reference: str, amount_minor: int, fund: str = "WARM-NIGHT", event_at: datetime = NOW) -> Posted:
    """Books cash from a collection: money of a fund that no payment provider knows of."""
    return operations.post(
        reference=reference,
        kind=EntryKind.CASH_COLLECTION,
        event_at=event_at,
        lines=[
            Line(accounts.CASH, amount_minor),
            Line(accounts.fund_account(fund, FundUse.GIFTS), -amount_minor),
        ],
        now=event_at,
    )
