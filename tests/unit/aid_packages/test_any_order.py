"""Whatever acts come in whatever order: no fund, bank account, partner or envelope goes below zero, and the audit is clean."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from aid_packages.models import Allocation, Grant, Purchase, SpendingDocument
from aid_packages.operations import (
    BankShort,
    FundShort,
    NoPartner,
    OverEnvelope,
    StillOpen,
    WrongState,
    close_allocation,
    countersign_emergency,
    pay_purchase,
    refuse_emergency,
    reject_document,
    return_advance,
    return_payment,
)
from aid_packages.queries import committed, envelopes, open_payables, spending_rows, with_partners
from ledger import audit
from ledger.accounts import BANK, PAYABLE, advance
from ledger.queries import account_balance, fund_available, fund_balance
from tests.factories.aid_life import emergency, granted, taken_back
from tests.factories.aid_packages import (
    accepted,
    advanced,
    approved,
    hold,
    make_staff,
    purchased,
    recorded,
)
from tests.factories.time import NOW

FUNDS = ("WARM-NIGHT", "CONTACT", "FOREST")
REFUSALS = (BankShort, FundShort, NoPartner, OverEnvelope, StillOpen, WrongState)


@dataclass
class World:
    """What the acts so far have made."""

    allocations: list[Allocation] = field(default_factory=list)
    documents: list[SpendingDocument] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    acts: int = 0


def _hold(world: World, which: int, amount: int) -> None:
    hold(fund_code=FUNDS[which % len(FUNDS)], amount_minor=amount, reference=str(world.acts))


def _allocate(world: World, which: int, amount: int) -> None:
    partner = None if which % 2 else "DEMO-FIELD"
    world.allocations.append(approved(fund_code=FUNDS[which % len(FUNDS)], amount_minor=amount, partner_code=partner))


def _advance(world: World, which: int, amount: int) -> None:
    advanced(_pick(world.allocations, which), amount_minor=amount)


def _record(world: World, which: int, amount: int) -> None:
    world.documents.append(recorded(_pick(world.allocations, which), amount_minor=amount))


def _purchase(world: World, which: int, amount: int) -> None:
    world.purchases.append(purchased(_pick(world.allocations, which), amount_minor=amount))
    world.documents.append(world.purchases[-1].document)


def _accept(world: World, which: int, amount: int) -> None:
    accepted(_pick(world.documents, which))


def _reject(world: World, which: int, amount: int) -> None:
    document = _pick(world.documents, which)
    reject_document(document_id=document.pk, actor=make_staff("bartek"), reason="no", now=NOW)


def _return(world: World, which: int, amount: int) -> None:
    return_advance(
        allocation_id=_pick(world.allocations, which).pk,
        amount_minor=amount,
        actor=make_staff("ada"),
        reason="left over",
        event_at=NOW,
        request_key=f"return-{world.acts}",
        now=NOW,
    )


def _close(world: World, which: int, amount: int) -> None:
    allocation = _pick(world.allocations, which)
    close_allocation(allocation_id=allocation.pk, actor=make_staff("ada"), reason="done", now=NOW)


def _pay(world: World, which: int, amount: int) -> None:
    pay_purchase(
        purchase_id=_pick(world.purchases, which).pk,
        actor=make_staff("ada"),
        reason="by transfer",
        event_at=NOW,
        request_key=f"payment-{world.acts}",
        now=NOW,
    )


def _emergency(world: World, which: int, amount: int) -> None:
    partner = None if which % 2 else "DEMO-FIELD"
    fund_code = FUNDS[which % len(FUNDS)]
    world.allocations.append(emergency(fund_code=fund_code, amount_minor=amount, partner_code=partner))


def _countersign(world: World, which: int, amount: int) -> None:
    verb = countersign_emergency if amount % 2 else refuse_emergency
    verb(allocation_id=_pick(world.allocations, which).pk, actor=make_staff("bartek"), reason="seen", now=NOW)


def _grant(world: World, which: int, amount: int) -> None:
    world.grants.append(granted(_pick(world.allocations, which), amount_minor=amount))


def _take_back_document(world: World, which: int, amount: int) -> None:
    taken_back(_pick(world.documents, which))


def _take_back_grant(world: World, which: int, amount: int) -> None:
    taken_back(_pick(world.grants, which))


def _come_back(world: World, which: int, amount: int) -> None:
    return_payment(
        purchase_id=_pick(world.purchases, which).pk,
        actor=make_staff("ada"),
        reason="the shop paid back",
        event_at=NOW,
        request_key=f"came-back-{world.acts}",
        now=NOW,
    )


ACTS: dict[str, Callable[[World, int, int], None]] = {
    "hold": _hold,
    "allocate": _allocate,
    "advance": _advance,
    "record": _record,
    "purchase": _purchase,
    "accept": _accept,
    "reject": _reject,
    "return": _return,
    "close": _close,
    "pay": _pay,
    "emergency": _emergency,
    "countersign": _countersign,
    "grant": _grant,
    "take back a document": _take_back_document,
    "take back a grant": _take_back_grant,
    "a payment comes back": _come_back,
}


class Nothing(Exception):
    """There is nothing yet to act on."""


def _pick(rows: list, which: int):
    if not rows:
        raise Nothing
    return rows[which % len(rows)]


def _check(world: World) -> None:
    """The figures agree with one another and none is below zero."""
    for code in FUNDS:
        assert fund_available(code=code) >= 0
    assert account_balance(code=BANK) >= 0
    assert account_balance(code=PAYABLE) == -sum(row.amount_minor for row in open_payables())
    used = envelopes(allocations=Allocation.objects.all()).values()
    assert all(row.free_minor >= 0 and row.with_partner_minor >= 0 and row.committed_minor >= 0 for row in used)
    held = {code: total for code, total in committed().items() if total}
    assert sum(held.values()) == sum(row.committed_minor for row in used)
    assert sum(row.unsettled_minor for row in with_partners()) == account_balance(code=advance("DEMO-FIELD"))
    told = spending_rows(first_period=202601, last_period=202612)
    assert sum(row.accepted_minor for row in told) == sum(row.spent_minor for row in used)
    for code in FUNDS:
        assert fund_available(code=code) == fund_balance(code=code) - held.get(code, 0)


BEGINNING = [
    ("hold", 0, 900),
    ("allocate", 0, 800),
    ("advance", 0, 500),
    ("record", 0, 200),
    ("purchase", 0, 100),
    ("accept", 0, 0),
    ("grant", 0, 50),
]
steps = st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 5), st.integers(1, 400))


@pytest.mark.usefixtures("envelope_books")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(steps, min_size=5, max_size=30))
def test_nothing_goes_below_zero(taken: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        world = World()
        for act, which, amount in [*BEGINNING, *taken]:
            world.acts += 1
            try:
                with transaction.atomic():
                    ACTS[act](world, which, amount)
                event(f"{act}: done")
            except (Nothing, *REFUSALS) as refusal:
                event(f"{act}: {type(refusal).__name__}")
        _check(world)
        assert audit.run().findings == []
        transaction.set_rollback(True)
