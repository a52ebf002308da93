"""What the provider can do to money afterwards, told in order, backwards and twice, or not at all: the books agree."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger import audit as ledger_audit
from ledger.models import JournalEntry
from payments import operations
from payments.models import Charge, MatterKind, StaffMatter
from payments.operations import FrozenLine
from payments.operations.book_movement import book_by_hand, book_movement
from payments.provider import MovementKind
from stripe_sandbox.testing import Client
from tests.factories.money_afterwards import charge_of, movement_facts, on_account, pass_days, treasurer
from tests.factories.payments import FALLBACK, begin, checkout_ref, deliver, deliver_all, events_of, give
from tests.factories.time import NOW
from tests.factories.transparency import make_published, make_staff, open_catalogue
from tests.support.reported import report_holds
from transparency.models import ReportState

pytestmark = [pytest.mark.django_db]

NIGHT = FrozenLine(title="A warm night", fund_code="WARM-NIGHT", unit_minor=3_333, quantity=1, fallback=FALLBACK)
Attack = Callable[[Client], Iterator[None]]


def refund(sandbox: Client, charge: str, amount: int | None = None) -> str:
    asked = {"charge": charge} if amount is None else {"charge": charge, "amount": amount}
    return sandbox.stripe_client().v1.refunds.create(asked).id


def a_dispute_of_a_gift_partly_refunded(sandbox: Client) -> Iterator[None]:
    charge = charge_of(give(sandbox=sandbox))
    refund(sandbox, charge, 10_000)
    yield
    dispute = sandbox.dispute(charge)["id"]
    yield
    sandbox.decide(dispute, "won")


def a_dispute_of_a_refunded_gift(sandbox: Client) -> Iterator[None]:
    charge = charge_of(give(sandbox=sandbox))
    refund(sandbox, charge)
    yield
    sandbox.decide(sandbox.dispute(charge)["id"], "lost")


def a_refund_after_a_dispute_won_in_part(sandbox: Client) -> Iterator[None]:
    charge = charge_of(give(sandbox=sandbox))
    dispute = sandbox.dispute(charge, amount=20_000)["id"]
    yield
    sandbox.decide(dispute, "won", amount=12_345, fee_back=True)
    yield
    refund(sandbox, charge, 12_345)


def a_refund_that_comes_back_while_the_rest_is_disputed(sandbox: Client) -> Iterator[None]:
    charge = charge_of(give(sandbox=sandbox))
    sandbox.fault("refund_fails_later")
    refund(sandbox, charge, 7_000)
    yield
    dispute = sandbox.dispute(charge)["id"]
    sandbox.release("refund_fails")
    yield
    sandbox.decide(dispute, "lost")


def a_payout_that_fails_and_is_sent_again(sandbox: Client) -> Iterator[None]:
    give(sandbox=sandbox)
    pass_days(sandbox, 5)
    sandbox.fault("payout_fails", when="after", seconds=86_400)
    sandbox.payout()
    pass_days(sandbox, 1)
    yield
    pass_days(sandbox, 2)
    sandbox.payout()
    yield
    pass_days(sandbox, 2)


def a_payout_below_zero(sandbox: Client) -> Iterator[None]:
    charge = charge_of(give(sandbox=sandbox))
    pass_days(sandbox, 5)
    sandbox.payout()
    pass_days(sandbox, 2)
    yield
    sandbox.decide(sandbox.dispute(charge)["id"], "lost")
    made = sandbox.payout(debit=True)
    assert made is not None
    assert made["amount"] == -46_000
    yield
    pass_days(sandbox, 2)


def a_payout_over_a_month_s_end(sandbox: Client) -> Iterator[None]:
    give(sandbox=sandbox)
    pass_days(sandbox, 8)
    give(sandbox=sandbox, intent_key="intent-of-jan", now=moment(sandbox))
    pass_days(sandbox, 1)
    sandbox.payout()
    yield
    pass_days(sandbox, 25)
    sandbox.payout()
    yield
    pass_days(sandbox, 2)


def an_instant_payout(sandbox: Client) -> Iterator[None]:
    give(sandbox=sandbox)
    pass_days(sandbox, 5)
    sandbox.stripe_client().v1.payouts.create({"amount": 10_000, "currency": "pln", "method": "instant"})
    yield
    pass_days(sandbox, 2)


def euros_refunded_at_two_rates(sandbox: Client) -> Iterator[None]:
    charge = charge_of(give(sandbox=sandbox, currency="EUR", lines=(NIGHT,), language="en"))
    sandbox.rates(eur=4_3117)
    refund(sandbox, charge, 1_111)
    yield
    sandbox.rates(eur=4_1011)
    sandbox.fault("refund_fails_later")
    refund(sandbox, charge)
    yield
    sandbox.rates(eur=4_6007)
    sandbox.release("refund_fails")


def euros_disputed_in_part_at_two_rates(sandbox: Client) -> Iterator[None]:
    charge = charge_of(give(sandbox=sandbox, currency="EUR", lines=(NIGHT,), language="en"))
    sandbox.rates(eur=4_3117)
    dispute = sandbox.dispute(charge, amount=1_111)["id"]
    yield
    sandbox.rates(eur=4_1011)
    sandbox.decide(dispute, "won", amount=777)


def euros_refunded_before_their_worth_is_known(sandbox: Client) -> Iterator[None]:
    sandbox.fault("late_balance_transaction")
    started = begin(currency="EUR", lines=(NIGHT,), language="en")
    sandbox.pay(checkout_ref(started))
    (charge,) = sandbox.stripe_client().v1.charges.list().data
    refund(sandbox, charge.id, 1_000)
    yield
    pass_days(sandbox, 5)
    yield
    sandbox.release("balance_transaction")


def euros_disputed_before_their_worth_is_known(sandbox: Client) -> Iterator[None]:
    sandbox.fault("late_balance_transaction")
    started = begin(currency="EUR", lines=(NIGHT,), language="en")
    sandbox.pay(checkout_ref(started))
    (charge,) = sandbox.stripe_client().v1.charges.list().data
    sandbox.dispute(charge.id)
    yield
    sandbox.release("balance_transaction")


def a_warning_and_then_a_refund(sandbox: Client) -> Iterator[None]:
    charge = charge_of(give(sandbox=sandbox))
    sandbox.warn_of_fraud(charge)
    yield
    refund(sandbox, charge)
    yield
    sandbox.dispute(charge)


def a_movement_of_an_unheard_of_category(sandbox: Client) -> Iterator[None]:
    give(sandbox=sandbox)
    sandbox.movement(-1_234, type="climate_order_purchase", description="trees")
    sandbox.movement(321, category="an_unheard_of_category", fee=21)
    yield


def movements_of_nothing(sandbox: Client) -> Iterator[None]:
    give(sandbox=sandbox)
    sandbox.movement(0)
    sandbox.movement(0, type="stripe_fee")
    sandbox.movement(0, type="payout")
    yield


ATTACKS: list[Attack] = [
    a_dispute_of_a_gift_partly_refunded,
    a_dispute_of_a_refunded_gift,
    a_refund_after_a_dispute_won_in_part,
    a_refund_that_comes_back_while_the_rest_is_disputed,
    a_payout_that_fails_and_is_sent_again,
    a_payout_below_zero,
    a_payout_over_a_month_s_end,
    an_instant_payout,
    euros_refunded_at_two_rates,
    euros_disputed_in_part_at_two_rates,
    euros_refunded_before_their_worth_is_known,
    euros_disputed_before_their_worth_is_known,
    a_warning_and_then_a_refund,
    a_movement_of_an_unheard_of_category,
    movements_of_nothing,
]


def moment(sandbox: Client) -> datetime:
    """Now, by the provider's clock."""
    return datetime.fromtimestamp(sandbox.now(), tz=UTC)


def told_in_order(sandbox: Client, attack: Attack) -> None:
    for _ in attack(sandbox):
        deliver_all(sandbox=sandbox, now=moment(sandbox))
    deliver_all(sandbox=sandbox, now=moment(sandbox))


def told_backwards_and_twice(sandbox: Client, attack: Attack) -> None:
    for _ in attack(sandbox):
        pass
    events, now = events_of(sandbox), moment(sandbox)
    for event in [*reversed(events), *events]:
        received = deliver(sandbox=sandbox, event=event, now=now)
        operations.process_event(event_id=received.event_id, now=now)


def told_nothing(sandbox: Client, attack: Attack) -> None:
    for _ in attack(sandbox):
        operations.compare_with_provider(now=moment(sandbox))


@pytest.mark.money
@pytest.mark.parametrize("tell", [told_in_order, told_backwards_and_twice, told_nothing])
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_the_books_are_the_provider_s(sandbox: Client, attack: Attack, tell: Callable[[Client, Attack], None]) -> None:
    tell(sandbox, attack)
    now = moment(sandbox)
    operations.compare_with_provider(now=now)
    for matter in StaffMatter.objects.filter(kind=MatterKind.MOVEMENT_UNKNOWN, resolved_at=None):
        book_by_hand(matter_id=matter.pk, owed=False, reason="asked the provider", actor=treasurer(), now=now)
    assert operations.compare_with_provider(now=now).unexplained == []
    theirs = sandbox.stripe_client().v1.balance_transactions.list({"limit": 100}).auto_paging_iter()
    assert on_account("asset:stripe_clearing") == sum(row.net for row in theirs)
    assert not Charge.objects.filter(booked_minor=None).exists()
    arrived = sum(row.amount for row in sandbox.stripe_client().v1.payouts.list({"status": "paid"}))
    assert on_account("asset:bank:main") == arrived
    assert report_holds(now=now) == []


@pytest.mark.money
def test_what_cannot_be_booked_keeps_nobody_else_waiting(sandbox: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours in one object is named and read again for as long as it takes, also days later."""
    charge = charge_of(give(sandbox=sandbox))
    refund(sandbox, charge, 1_000)
    with monkeypatch.context() as broken:
        broken.setattr("payments.operations.book_movement.apply_refund", lambda **_: {}["a mistake"])
        pass_days(sandbox, 1)
        sandbox.movement(-300, type="stripe_fee")
        result = operations.compare_with_provider(now=moment(sandbox))
        assert [text.partition(" ")[2] for text in result.unexplained] == ["refund: KeyError"]
        assert on_account("fund:ADMIN:fees") == 300
        pass_days(sandbox, 5)
        operations.compare_with_provider(now=moment(sandbox))
    assert StaffMatter.objects.get().kind == MatterKind.NOT_COMPARED
    pass_days(sandbox, 5)
    assert operations.compare_with_provider(now=moment(sandbox)).unexplained == []
    assert on_account("fund:WARM-NIGHT:refunds") == 1_000


@pytest.mark.money
def test_a_dispute_that_is_won_after_its_month_was_published(sandbox: Client) -> None:
    """The published month stays as it is, which the audit replays; what came back stands in the first open month."""
    open_catalogue()
    give(sandbox=sandbox, intent_key="intent-of-jan", lines=(replace(NIGHT, fund_code="GENERAL", unit_minor=50_000),))
    give(sandbox=sandbox, intent_key="intent-of-eva", lines=(replace(NIGHT, fund_code="ADMIN", unit_minor=50_000),))
    charge = charge_of(give(sandbox=sandbox))
    dispute = sandbox.dispute(charge)["id"]
    said = {"evidence": {"uncategorized_text": "A gift."}}
    sandbox.stripe_client().v1.disputes.update(dispute, said)
    deliver_all(sandbox=sandbox)
    pass_days(sandbox, 25)
    ada, bartek = make_staff("ada"), make_staff("bartek")
    report = make_published(ada=ada, bartek=bartek, period=202611, at=moment(sandbox))
    assert report.state == ReportState.PUBLISHED
    sandbox.decide(dispute, "won")
    deliver_all(sandbox=sandbox, now=moment(sandbox))
    assert JournalEntry.objects.get(reference__startswith="chargeback-won:").period == 202612
    assert report_holds(now=moment(sandbox)) == []


def test_a_fee_in_another_currency_is_nobody_s_guess(sandbox: Client) -> None:
    """It waits for somebody, and can't be booked as if its cents were grosze."""
    give(sandbox=sandbox)
    facts = movement_facts("txn_eur", kind=MovementKind.FEE, category="fee", amount_minor=-100, source_ref="")
    book_movement(facts=replace(facts, currency="EUR"), now=NOW)
    assert on_account("fund:ADMIN:fees") == 0
    operations.compare_with_provider(now=NOW)
    matter = StaffMatter.objects.get()
    assert (matter.kind, matter.facts["currency"]) == (MatterKind.MOVEMENT_UNKNOWN, "EUR")
    with pytest.raises(operations.NotInOurCurrency):
        book_by_hand(matter_id=matter.pk, owed=False, reason="a guess", actor=treasurer(), now=NOW)
    found = [finding.message for finding in ledger_audit.run().findings]
    assert any("txn_eur" in message for message in found), "the audit names it for as long as it stands"
