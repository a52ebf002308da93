"""The charity: gives, refunds, disputes, pays out, helps and reports, and keeps its own count of what it did.

The count is kept beside the shop and never read from it: it is what the reports are held against.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from aid_packages import operations as aid
from aid_packages.models import Allocation
from core.models import User
from core.periods import period_of
from payments.models import Donation
from payments.operations.book_dispute import apply_dispute
from payments.operations.book_refund import apply_refund
from payments.provider import DisputeFacts, DisputeStatus, MovementFacts, MovementKind, RefundFacts, RefundStatus
from tests.factories.donors import make_donor
from tests.factories.transparency import FEE, Giving, pay_out
from transparency import operations
from transparency.attribution.operations import bring_up_to_date
from transparency.models import Report, ReportKind

NIP = "5260250274"


@dataclass
class Count:
    """What one month should say, in grosze."""

    came_in: int = 0
    given_back: int = 0
    fees: int = 0
    helped: int = 0


@dataclass
class Charity:
    """One year of it. Months are those in which things are booked."""

    ada: User
    bartek: User
    giving: Giving = field(default_factory=Giving)
    counted: defaultdict[int, Count] = field(default_factory=lambda: defaultdict(Count))
    bank_minor: int = 0
    numbers: int = 0
    donors: dict[str, int] = field(default_factory=dict)

    def number(self) -> int:
        """The next one, for references and invoices."""
        self.numbers += 1
        return self.numbers

    def donor(self, name: str) -> int:
        """A donor by an invented name."""
        if name not in self.donors:
            self.donors[name] = make_donor(email=f"{name}@donors.example.org")
        return self.donors[name]

    def gives(self, amount_minor: int, *, fund: str, donor: str, at: datetime) -> Donation:
        """One gift, its fee known at once."""
        with transaction.atomic():
            donation = self.giving.give(amount_minor, fund=fund, donor_id=self.donor(donor), at=at)
        month = self.counted[period_of(at)]
        month.came_in += amount_minor
        month.fees += FEE
        return donation

    def gives_back(self, donation: Donation, *, amount_minor: int, at: datetime) -> None:
        """A refund made at the provider, told at once."""
        number = self.number()
        moved = self._moved(MovementKind.REFUND, "refund", -amount_minor, source=f"re_{number}", at=at)
        apply_refund(
            facts=RefundFacts(
                ref=f"re_{number}",
                status=RefundStatus.SUCCEEDED,
                amount_minor=amount_minor,
                currency="PLN",
                charge_ref=donation.charges.get().ref,
                own_ref="",
                created_at=at,
                failure_reason="",
                movement=moved,
                failure_movement=None,
            ),
            now=at,
        )
        self.counted[period_of(at)].given_back += amount_minor

    def is_disputed(
        self, donation: Donation, *, amount_minor: int, at: datetime, decided: datetime, won: bool = False
    ) -> None:
        """A bank takes money back; later it decides for the donor, or returns it."""
        ref, charge = f"dp_{self.number()}", donation.charges.get().ref
        taken = self._moved(MovementKind.DISPUTE, "dispute", -amount_minor, source=charge, at=at)
        about = {"ref": ref, "amount_minor": amount_minor, "charge_ref": charge, "created_at": at}
        apply_dispute(facts=_dispute(DisputeStatus.NEEDS_RESPONSE, (taken,), **about), now=at)
        self.counted[period_of(at)].given_back += amount_minor
        if not won:
            apply_dispute(facts=_dispute(DisputeStatus.LOST, (taken,), **about), now=decided)
            return
        returned = self._moved(MovementKind.DISPUTE, "dispute_reversal", amount_minor, source=charge, at=decided)
        apply_dispute(facts=_dispute(DisputeStatus.WON, (taken, returned), **about), now=decided)
        self.counted[period_of(decided)].given_back -= amount_minor

    def is_paid_out(self, amount_minor: int, *, at: datetime) -> None:
        """The provider sends money to the bank."""
        pay_out(amount_minor, at=at)
        self.bank_minor += amount_minor

    def drafts(self, *, fund: str, amount_minor: int, at: datetime) -> Allocation:
        """An envelope for the field team, approved by another."""
        envelope = aid.draft_allocation(
            fund_code=fund,
            partner_code="DEMO-LAW" if fund == "LAWYER" else "DEMO-FIELD",
            region_code="north",
            first_period=period_of(at),
            last_period=period_of(at),
            amount_minor=amount_minor,
            purpose="What the month needs",
            actor=self.ada,
            reason="agreed at the weekly meeting",
            now=at,
        )
        aid.approve_allocation(allocation_id=envelope.pk, actor=self.bartek, reason="agreed", now=at)
        return envelope

    def helps(
        self,
        *,
        fund: str,
        at: datetime,
        accepted: Sequence[int],
        rejected: Sequence[int] = (),
        returned: int = 0,
    ) -> list[int]:
        """An advance, its documents, and what came back; gives the ids of the accepted documents."""
        amount = sum(accepted) + returned
        envelope = self.drafts(fund=fund, amount_minor=amount, at=at)
        aid.pay_advance(
            allocation_id=envelope.pk,
            amount_minor=amount,
            actor=self.ada,
            reason="for the field",
            event_at=at,
            request_key=f"advance-{self.number()}",
            now=at,
        )
        for part in rejected:
            refused = self._records(envelope, part, at=at)
            aid.reject_document(document_id=refused, actor=self.bartek, reason="it names another month", now=at)
        documents = [self._records(envelope, part, at=at) for part in accepted]
        for document in documents:
            aid.accept_document(document_id=document, actor=self.bartek, reason="seen", now=at)
        if returned:
            aid.return_advance(
                allocation_id=envelope.pk,
                amount_minor=returned,
                actor=self.ada,
                reason="not needed",
                event_at=at,
                request_key=f"return-{self.number()}",
                now=at,
            )
        aid.close_allocation(allocation_id=envelope.pk, actor=self.ada, reason="all is accounted for", now=at)
        self.counted[period_of(at)].helped += sum(accepted)
        self.bank_minor -= sum(accepted)
        return documents

    def a_night_passes(self, *, at: datetime) -> None:
        """The lines grow."""
        bring_up_to_date(now=at)

    def reports(self, *, kind: ReportKind, period: int, at: datetime, reason: str = "the time is over") -> Report:
        """From its request to the public: one prepares, another publishes."""
        report = operations.request_report(kind=kind, period=period, actor=self.ada, reason=reason, now=at)
        state = operations.build_report(report_id=report.pk, now=at)
        found = [str(finding) for finding in report.findings.all()]
        assert not found, f"{report.slug} is {state}: {found}"
        operations.send_to_review(report_id=report.pk, actor=self.ada, comment="as expected", now=at)
        return operations.publish_report(report_id=report.pk, actor=self.bartek, comment="read and compared", now=at)

    def _records(self, envelope: Allocation, amount_minor: int, *, at: datetime) -> int:
        number = self.number()
        document = aid.record_document(
            allocation_id=envelope.pk,
            issuer_nip=NIP,
            number=f"FV {number}",
            issued_on=(at - timedelta(days=1)).date(),
            total_minor=amount_minor,
            own_share_minor=amount_minor,
            actor=self.ada,
            reason="what was bought",
            request_key=f"document-{number}",
            now=at,
        )
        return document.pk

    def _moved(self, kind: MovementKind, category: str, net: int, *, source: str, at: datetime) -> MovementFacts:
        return MovementFacts(
            ref=f"txn_c{self.number()}",
            kind=kind,
            category=category,
            amount_minor=net,
            fee_minor=0,
            net_minor=net,
            currency="PLN",
            source_ref=source,
            created_at=at,
            available_on=at,
        )


def _dispute(
    status: DisputeStatus,
    movements: tuple[MovementFacts, ...],
    *,
    ref: str,
    amount_minor: int,
    charge_ref: str,
    created_at: datetime,
) -> DisputeFacts:
    return DisputeFacts(
        ref=ref,
        status=status,
        amount_minor=amount_minor,
        currency="PLN",
        charge_ref=charge_ref,
        reason="fraudulent",
        created_at=created_at,
        answer_by=None,
        answers=0,
        livemode=False,
        movements=movements,
    )
