"""Payouts: on their way, arrived, come back, and held against their parts."""

import pytest

from payments import operations
from payments.models import BalanceMovement, MatterKind, Payout, PayoutPart, PayoutState, StaffMatter
from payments.operations.book_movement import book_by_hand
from payments.operations.payouts import take_in_payout
from stripe_sandbox.testing import Client
from tests.factories.money_afterwards import AVAILABLE, on_account, paid_out, pass_days, treasurer
from tests.factories.payments import books, deliver, deliver_all, events_of, give
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

CLEARING, IN_TRANSIT, BANK = "asset:stripe_clearing", "asset:bank_in_transit", "asset:bank:main"


def stand() -> tuple[int, int, int]:
    return on_account(CLEARING), on_account(IN_TRANSIT), on_account(BANK)


def matters() -> list[tuple[str, bool]]:
    return [(row.kind, row.resolved_at is None) for row in StaffMatter.objects.order_by("pk")]


def test_a_payout_is_on_its_way_then_at_the_bank(sandbox: Client) -> None:
    give(sandbox=sandbox)
    net = on_account(CLEARING)
    paid_out(sandbox)
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    assert stand() == (0, net, 0)
    pass_days(sandbox, 2)
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    assert stand() == (0, 0, net)
    payout = Payout.objects.get()
    assert (payout.state, payout.amount_minor) == (PayoutState.PAID, net)
    assert payout.reconciled_at is not None
    assert PayoutPart.objects.count() == 1
    assert matters() == []


@pytest.mark.parametrize("after_paid", [False, True])
def test_a_payout_that_fails_is_ours_again(sandbox: Client, after_paid: bool) -> None:
    give(sandbox=sandbox)
    net = on_account(CLEARING)
    sandbox.fault("payout_fails", **({"when": "after", "seconds": 86_400} if after_paid else {}))
    paid_out(sandbox)
    pass_days(sandbox, 1)
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    assert stand() == ((0, 0, net) if after_paid else (net, 0, 0))
    pass_days(sandbox, 2)
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    assert stand() == (net, 0, 0)
    assert matters() == [(MatterKind.PAYOUT_FAILED, True)]


def test_any_order_any_number_of_times(sandbox: Client) -> None:
    give(sandbox=sandbox)
    paid_out(sandbox)
    pass_days(sandbox, 2)
    events = events_of(sandbox)
    for event in [*reversed(events), *events]:
        received = deliver(sandbox=sandbox, event=event, now=AVAILABLE)
        operations.process_event(event_id=received.event_id, now=AVAILABLE)
    told = books()
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    operations.compare_with_provider(now=AVAILABLE)
    assert books() == told
    assert [row[0].split(":")[0] for row in told] == ["fee", "gift", "payout-paid", "payout"]


def test_the_comparison_finds_a_payout_that_nobody_told_of(sandbox: Client) -> None:
    give(sandbox=sandbox)
    net = on_account(CLEARING)
    paid_out(sandbox)
    pass_days(sandbox, 2)
    result = operations.compare_with_provider(now=AVAILABLE)
    assert result.unexplained == []
    assert stand() == (0, 0, net)
    assert PayoutPart.objects.count() == 1


def test_a_part_that_nobody_told_of_is_booked_with_its_payout(sandbox: Client) -> None:
    give(sandbox=sandbox)
    sandbox.movement(-300, type="stripe_fee", description="Radar")
    ref = paid_out(sandbox)
    pass_days(sandbox, 1)
    take_in_payout(ref=ref, now=AVAILABLE)
    assert PayoutPart.objects.count() == 2
    assert on_account("fund:ADMIN:fees") == 300
    assert matters() == []


def test_a_payout_that_is_not_its_parts_waits_for_somebody_until_it_is(sandbox: Client) -> None:
    give(sandbox=sandbox)
    sandbox.fault("payout_part_missing")
    ref = paid_out(sandbox)
    pass_days(sandbox, 1)
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    matter = StaffMatter.objects.get()
    assert (matter.kind, matter.subject) == (MatterKind.PAYOUT_DIFFERS, f"payout:{ref}")
    assert matter.facts["parts_minor"] == 0
    sandbox.release("payout_part")
    operations.compare_with_provider(now=AVAILABLE)
    assert matters() == [(MatterKind.PAYOUT_DIFFERS, False)]


def test_a_payout_by_hand_has_no_parts(sandbox: Client) -> None:
    give(sandbox=sandbox)
    pass_days(sandbox, 5)
    made = sandbox.stripe_client().v1.payouts.create({"amount": 1_000, "currency": "pln"})
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    assert on_account(IN_TRANSIT) == 1_000
    sandbox.stripe_client().v1.payouts.cancel(made.id)
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    assert on_account(IN_TRANSIT) == 0
    assert matters() == []
    assert Payout.objects.get().state == PayoutState.CANCELLED


def test_a_movement_that_nobody_knows_waits_for_somebody(sandbox: Client) -> None:
    give(sandbox=sandbox)
    sandbox.movement(-700, type="adjustment", description="?")
    found = operations.compare_with_provider(now=NOW)
    assert len(found.unexplained) == 1
    movement = BalanceMovement.objects.get(kind="other")
    assert StaffMatter.objects.get().subject == f"movement:{movement.ref}"
    book_by_hand(matter_id=StaffMatter.objects.get().pk, owed=False, reason="a card's fine", actor=treasurer(), now=NOW)
    assert on_account("fund:ADMIN:fees") == 700
    assert operations.compare_with_provider(now=NOW).unexplained == []
    assert matters() == [(MatterKind.MOVEMENT_UNKNOWN, False)]
