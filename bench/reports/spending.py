"""What the benchmark's staff did with the money: real operations, one envelope and its documents a month and fund."""

from datetime import UTC, datetime, timedelta

from django.conf import settings

from aid_packages.operations import (
    accept_document,
    approve_allocation,
    draft_allocation,
    load_catalogue,
    pay_purchase,
    record_purchase,
)
from aid_packages.operations.catalogue_file import DEMO_CATALOGUE
from bench.reports.world import FUNDS
from core.models import User
from core.periods import period_end, period_start, periods_between
from ledger import accounts
from ledger.models import EntryKind
from ledger.operations import DoneeDetails, Line, close_period, open_books, post
from payments.models import BalanceMovement

BEGAN = datetime(2024, 10, 1, 10, tzinfo=UTC)
FIRST, LAST = 202411, 202609
NIP = "5252248481"
DOCUMENTS = 4
OF_THE_YEAR = 202512


def begin() -> None:
    """Opens the books and loads the demo's catalogue."""
    open_books(donee=DoneeDetails(code="DONEE", **settings.DONEE), now=BEGAN)
    load_catalogue(path=DEMO_CATALOGUE, now=BEGAN)


def spend(*, per_fund_minor: int) -> None:
    """Each month a payout, and for each fund an envelope and what was bought from it; then the months are closed."""
    ada = User.objects.create_user(username="ada")
    bartek = User.objects.create_user(username="bartek")
    for period in periods_between(FIRST, LAST):
        noon = period_end(period) - timedelta(hours=12)
        _pay_out(per_fund_minor * (len(FUNDS) + 1), period=period, at=noon)
        for fund in FUNDS:
            _help(fund, per_fund_minor, period=period, ada=ada, bartek=bartek)
    close_period(period=OF_THE_YEAR, now=period_end(LAST))


def _pay_out(amount_minor: int, *, period: int, at: datetime) -> None:
    ref = f"txn_po_{period}"
    BalanceMovement.objects.create(
        ref=ref,
        kind="payout",
        category="payout",
        amount_minor=-amount_minor,
        fee_minor=0,
        net_minor=-amount_minor,
        currency="PLN",
        created_at=at,
        available_on=at,
        seen_at=at,
    )
    post(
        reference=f"payout:{ref}",
        kind=EntryKind.PAYOUT,
        event_at=at,
        lines=[Line(accounts.BANK, amount_minor), Line(accounts.STRIPE_CLEARING, -amount_minor)],
        now=at,
    )


def _help(fund: str, amount_minor: int, *, period: int, ada: User, bartek: User) -> None:
    now = period_end(period) - timedelta(hours=6)
    why = {"reason": "benchmark", "now": now}
    allocation = draft_allocation(
        fund_code=fund,
        partner_code=None,
        region_code="north",
        first_period=period,
        last_period=period,
        amount_minor=amount_minor,
        purpose="benchmark",
        actor=ada,
        **why,
    )
    approve_allocation(allocation_id=allocation.pk, actor=bartek, **why)
    key = f"{period}:{fund}"
    for number in range(DOCUMENTS):
        part = amount_minor // DOCUMENTS
        purchase = record_purchase(
            allocation_id=allocation.pk,
            issuer_nip=NIP,
            number=f"{key}:{number}",
            issued_on=period_start(period).date() + timedelta(days=9),
            total_minor=part,
            own_share_minor=part,
            actor=ada,
            request_key=f"d:{key}:{number}",
            **why,
        )
        accept_document(document_id=purchase.document_id, actor=bartek, **why)
        pay_purchase(purchase_id=purchase.pk, actor=ada, event_at=now, request_key=f"p:{key}:{number}", **why)
