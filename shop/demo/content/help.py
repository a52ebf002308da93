"""What the demo's staff did with the money: envelopes, advances, documents, a return, a purchase of their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aid_packages.models import EvidenceGrade, Payee, Purchase
from aid_packages.operations.advances import pay_advance, return_advance
from aid_packages.operations.allocations import approve_allocation, close_allocation, draft_allocation
from aid_packages.operations.decide_document import accept_document
from aid_packages.operations.documents import record_document, record_purchase
from aid_packages.operations.pay_purchase import pay_purchase
from core.periods import WARSAW
from shop.demo.content.months import Months
from shop.demo.content.staff import Staff

NIPS = ("5252248481", "7010005004", "5213017228", "1132191233")
"""Numbers whose check digits are right; the names beside them are invented."""
REASON = "demo: agreed at the weekly meeting"


@dataclass(frozen=True)
class PlannedHelp:
    """One envelope of the story. Sums in grosze; shares of a month say when things happen."""

    key: str
    fund: str
    partner: str | None
    region: str
    period: int
    amount: int
    purpose: str
    documents: tuple[int, ...]
    returned: int = 0
    approved: bool = True
    closed: bool = False


def planned(months: Months) -> list[PlannedHelp]:
    """The envelopes of both months, one that waits for approval, and one of our own."""
    first, second = months.first, months.second
    return [
        PlannedHelp(
            "a1",
            "WARM-NIGHT",
            "DEMO-FIELD",
            "north",
            first,
            620_000,
            "Śpiwory i maty na początek sezonu",
            (310_000, 247_500),
            returned=62_500,
            closed=True,
        ),
        PlannedHelp(
            "a2",
            "FIELD-TEAM",
            "DEMO-FIELD",
            "south",
            first,
            540_000,
            "Paliwo i dyżury zespołu",
            (180_000, 195_000, 120_000),
        ),
        PlannedHelp(
            "a3", "LAWYER", "DEMO-LAW", "country", first, 720_000, "Porady i pisma we wrześniu", (450_000, 225_000)
        ),
        PlannedHelp("a4", "FIRST-AID", None, "north", first, 210_000, "Opatrunki do plecaków", (148_900,)),
        PlannedHelp(
            "b1", "DRY-CLOTHES", "DEMO-FIELD", "north", second, 640_000, "Buty i bielizna termiczna", (281_700, 198_300)
        ),
        PlannedHelp("b2", "FOOD-WATER", "DEMO-FIELD", "south", second, 480_000, "Racje i woda", (164_000, 121_500)),
        PlannedHelp(
            "b3", "FIRST-STEPS", "DEMO-START", "country", second, 700_000, "Lekcje polskiego, październik", (392_000,)
        ),
        PlannedHelp("b4", "LAWYER", "DEMO-LAW", "centres", second, 450_000, "Wizyty w ośrodkach i wnioski", (285_000,)),
        PlannedHelp("b5", "GENERAL", None, "country", second, 330_000, "Przyczepa na magazyn", (298_000,)),
        PlannedHelp(
            "b6", "WARM-NIGHT", "DEMO-FIELD", "south", second, 260_000, "Folie i ogrzewacze na zimę", (), approved=False
        ),
    ]


Step = tuple[datetime, Callable[[], object]]


def plan_help(*, months: Months, staff: Staff) -> Iterator[Step]:
    """What is done, and when. Later steps of an envelope find it by its key."""
    ids: dict[str, int] = {}
    for order, envelope in enumerate(planned(months)):
        start = 0.08 + 0.05 * (order % 5)
        yield months.at(envelope.period, start), _draft(envelope, months, staff, ids, start)
        if not envelope.approved:
            continue
        yield months.at(envelope.period, start + 0.03), _approve(envelope, months, staff, ids, start + 0.03)
        if envelope.partner:
            yield months.at(envelope.period, start + 0.06), _advance(envelope, months, staff, ids, start + 0.06)
        for number, amount in enumerate(envelope.documents):
            when = start + 0.2 + 0.12 * number
            at = months.at(envelope.period, when)
            yield at, _document(envelope=envelope, number=number, amount=amount, staff=staff, ids=ids, when=at)
        if envelope.returned:
            yield months.at(envelope.period, 0.93), _finish(envelope, months, staff, ids)


def _draft(
    envelope: PlannedHelp, months: Months, staff: Staff, ids: dict[str, int], share: float
) -> Callable[[], object]:
    def do() -> None:
        ids[envelope.key] = draft_allocation(
            fund_code=envelope.fund,
            partner_code=envelope.partner,
            region_code=envelope.region,
            first_period=envelope.period,
            last_period=envelope.period if envelope.closed else months.second,
            amount_minor=envelope.amount,
            purpose=envelope.purpose,
            actor=staff.ada,
            reason=REASON,
            request_key=f"demo:{envelope.key}",
            now=months.at(envelope.period, share),
        ).pk

    return do


def _approve(
    envelope: PlannedHelp, months: Months, staff: Staff, ids: dict[str, int], share: float
) -> Callable[[], object]:
    return lambda: approve_allocation(
        allocation_id=ids[envelope.key], actor=staff.bartek, reason=REASON, now=months.at(envelope.period, share)
    )


def _advance(
    envelope: PlannedHelp, months: Months, staff: Staff, ids: dict[str, int], share: float
) -> Callable[[], object]:
    when = months.at(envelope.period, share)
    return lambda: pay_advance(
        allocation_id=ids[envelope.key],
        amount_minor=envelope.amount,
        actor=staff.bartek,
        reason=REASON,
        event_at=when,
        request_key=f"demo:{envelope.key}:advance",
        now=when,
    )


def _document(
    *, envelope: PlannedHelp, number: int, amount: int, staff: Staff, ids: dict[str, int], when: datetime
) -> Callable[[], object]:

    def do() -> None:
        record = record_document if envelope.partner else record_purchase
        owed = {} if envelope.partner else {"due_on": (when + timedelta(days=14)).date(), "payee": payee(envelope)}
        recorded = record(
            **owed,
            allocation_id=ids[envelope.key],
            issuer_nip=NIPS[(number + len(envelope.key)) % len(NIPS)],
            issuer_name="Dostawca (demo)",
            number=f"FV/{envelope.period}/{envelope.key}/{number + 1}",
            issued_on=(when - timedelta(hours=30)).astimezone(WARSAW).date(),
            total_minor=amount,
            own_share_minor=amount,
            grade=EvidenceGrade.INVOICE_SEEN if number % 2 == 0 else EvidenceGrade.PARTNER_ATTESTED,
            actor=staff.ada,
            reason=REASON,
            request_key=f"demo:{envelope.key}:{number}",
            now=when,
        )
        document_id = recorded.document_id if isinstance(recorded, Purchase) else recorded.pk
        accept_document(document_id=document_id, actor=staff.bartek, reason=REASON, now=when + timedelta(minutes=30))
        purchase = Purchase.objects.filter(document_id=document_id).first()
        if purchase and envelope.key != "b5":
            later = when + timedelta(hours=2)
            pay_purchase(
                purchase_id=purchase.pk,
                actor=staff.bartek,
                reason=REASON,
                event_at=later,
                request_key=f"demo:{envelope.key}:{number}:paid",
                now=later,
            )

    return do


def payee(envelope: PlannedHelp) -> Payee:
    """Dressings were bought by a volunteer on the way, who gets the money back."""
    return Payee.VOLUNTEER if envelope.key == "a4" else Payee.ISSUER


def _finish(envelope: PlannedHelp, months: Months, staff: Staff, ids: dict[str, int]) -> Callable[[], object]:
    when = months.at(envelope.period, 0.93)

    def do() -> None:
        return_advance(
            allocation_id=ids[envelope.key],
            amount_minor=envelope.returned,
            actor=staff.ada,
            reason=REASON,
            event_at=when,
            request_key=f"demo:{envelope.key}:return",
            now=when,
        )
        if envelope.closed:
            close_allocation(allocation_id=ids[envelope.key], actor=staff.bartek, reason=REASON, now=when)

    return do
