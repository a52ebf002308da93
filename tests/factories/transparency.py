"""Books worth reporting on: donors who give, money at the bank, a partner who accounts for it, staff who review."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aid_packages import operations as aid
from core.models import User
from core.periods import period_of
from ledger import accounts
from ledger.models import EntryKind
from ledger.operations import Line, post
from payments.models import BalanceMovement, Donation, DonationLine, SharePolicy
from payments.operations.book_charge import book_charge
from payments.provider import ChargeFacts, ChargeStatus, MovementFacts, MovementKind
from payments.states import DonationState
from tests.factories.aid_packages import make_catalogue
from tests.factories.donors import make_donor
from transparency import operations
from transparency.models import Report, ReportKind

OCTOBER = 202610
OCTOBER_NOON = datetime(2026, 10, 12, 10, 0, tzinfo=UTC)
NOVEMBER_16 = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
"""06:00 in Warsaw, when October's report is drafted."""
FEE = 150

_numbers = itertools.count(1)


def make_staff(username: str) -> User:
    """Somebody of the staff."""
    return User.objects.create_user(username=username)


@dataclass
class Giving:
    """Gives as payments does when a charge succeeded: charge, its balance movement, gift and fee in the books."""

    fund: str = "WARM-NIGHT"
    fee_minor: int = FEE

    def give(
        self,
        amount_minor: int,
        *,
        fund: str | None = None,
        donor_id: int | None = None,
        at: datetime = OCTOBER_NOON,
        with_movement: bool = True,
        now: datetime | None = None,
        policy: SharePolicy | None = None,
    ) -> Donation:
        """One gift by a donor of its own, unless one is named; `policy` is what was said of running costs before paying."""
        number = next(_numbers)
        donation = _intent(number, amount_minor, fund or self.fund, donor_id, at)
        if policy is not None:
            donation.share_policy = policy
            donation.save(update_fields=["share_policy"])
        movement = _movement(number, amount_minor, self.fee_minor, at) if with_movement else None
        book_charge(facts=_charge(number, donation, movement, at), donation=donation, now=now or at)
        return donation

    def movement_comes(self, donation: Donation, *, now: datetime = NOVEMBER_16) -> None:
        """The provider's movement of a gift that was given without it; the fee is booked with it."""
        number = int(donation.intent_key.removeprefix("intent-"))
        at = donation.created_at
        movement = _movement(number, donation.gross_minor, self.fee_minor, at)
        book_charge(facts=_charge(number, donation, movement, at), donation=donation, now=now)


def _charge(number: int, donation: Donation, movement: MovementFacts | None, at: datetime) -> ChargeFacts:
    return ChargeFacts(
        ref=f"ch_{number}",
        status=ChargeStatus.SUCCEEDED,
        amount_minor=donation.gross_minor,
        currency="PLN",
        created_at=at,
        livemode=False,
        payment_ref=f"pi_{number}",
        donation_ref=str(donation.pk),
        method="card",
        movement=movement,
    )


def _intent(number: int, amount_minor: int, fund: str, donor_id: int | None, at: datetime) -> Donation:
    donation = Donation.objects.create(
        state=DonationState.CHECKOUT_OPEN,
        donor_id=donor_id or make_donor(email=f"somebody-{number}@donors.example.org"),
        intent_key=f"intent-{number}",
        content_digest="0" * 64,
        token=f"token-{number}",
        lines_minor=amount_minor,
        gross_minor=amount_minor,
        language="pl",
        terms_version="2026-11",
        success_url="https://store.example.org/",
        cancel_url="https://store.example.org/",
        checkout_expires_at=at + timedelta(minutes=45),
        created_at=at,
    )
    DonationLine.objects.create(
        donation=donation,
        position=0,
        title="Ciepła noc",
        fund_code=fund,
        unit_minor=amount_minor,
        quantity=1,
        fallback="-",
    )
    return donation


def _movement(number: int, amount_minor: int, fee_minor: int, at: datetime) -> MovementFacts:
    return MovementFacts(
        ref=f"txn_{number}",
        kind=MovementKind.CHARGE,
        category="charge",
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        net_minor=amount_minor - fee_minor,
        currency="PLN",
        source_ref=f"ch_{number}",
        created_at=at,
        available_on=at,
    )


def pay_out(amount_minor: int, *, at: datetime = OCTOBER_NOON) -> None:
    """The provider sends money to the bank, and its books say so."""
    number = next(_numbers)
    BalanceMovement.objects.create(
        ref=f"txn_po_{number}",
        kind=MovementKind.PAYOUT.value,
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
        reference=f"payout:txn_po_{number}",
        kind=EntryKind.PAYOUT,
        event_at=at,
        lines=[Line(accounts.BANK, amount_minor), Line(accounts.STRIPE_CLEARING, -amount_minor)],
        now=at,
    )


def spend_through_partner(
    *,
    ada: User,
    bartek: User,
    advance_minor: int,
    document_minor: int,
    fund: str = "WARM-NIGHT",
    region: str = "north",
    at: datetime = OCTOBER_NOON,
) -> None:
    """An envelope for the field team: an advance from the bank, of which one document accounts for a part."""
    number = next(_numbers)
    period = period_of(at)
    envelope = aid.draft_allocation(
        fund_code=fund,
        partner_code="DEMO-FIELD",
        region_code=region,
        first_period=period,
        last_period=period,
        amount_minor=advance_minor,
        purpose="Śpiwory",
        actor=ada,
        reason="the nights are cold",
        now=at,
    )
    aid.approve_allocation(allocation_id=envelope.pk, actor=bartek, reason="agreed", now=at)
    aid.pay_advance(
        allocation_id=envelope.pk,
        amount_minor=advance_minor,
        actor=ada,
        reason="for the field",
        event_at=at,
        request_key=f"advance-{number}",
        now=at,
    )
    document = aid.record_document(
        allocation_id=envelope.pk,
        issuer_nip="5260250274",
        number=f"FV {number}/10",
        issued_on=at.date(),
        total_minor=document_minor,
        own_share_minor=document_minor,
        actor=ada,
        reason="invoice for sleeping bags",
        request_key=f"document-{number}",
        now=at,
    )
    aid.accept_document(document_id=document.pk, actor=bartek, reason="seen", now=at)


def open_catalogue() -> None:
    """Books opened in September, with the demo's funds, partners and regions."""
    make_catalogue(now=datetime(2026, 9, 1, 8, 0, tzinfo=UTC))


def make_published(
    *,
    ada: User,
    bartek: User,
    period: int = OCTOBER,
    kind: ReportKind = ReportKind.MONTH,
    reason: str = "the month is over",
    at: datetime = NOVEMBER_16,
) -> Report:
    """A report from its request to the public, in a minute of the given time."""
    report = operations.request_report(kind=kind, period=period, actor=ada, reason=reason, now=at)
    operations.build_report(report_id=report.pk, now=at)
    operations.send_to_review(report_id=report.pk, actor=ada, comment="the figures are as expected", now=at)
    return operations.publish_report(report_id=report.pk, actor=bartek, comment="read and compared", now=at)
