"""Refunds: full, partial, twice the same, too much, and those that come back."""

from datetime import timedelta

import pytest

from core.trail import ReasonMissing, record, trail_of
from ledger.queries import account_balance, fund_balance
from payments import operations, queries
from payments.models import Charge, Donation, Refund, RefundState
from payments.operations import NothingToRefund, OverRefund, ProviderRefused, ProviderUnavailable, RequestReused
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.payments import FOREST_GIFT, NIGHT, begin, books, deliver_all, give, make_staff
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

CLEARING = "asset:stripe_clearing"


def refund(donation: Donation, amount_minor: int, *, key: str = "form-of-ada", reason: str = "na prośbę") -> Refund:
    staff = make_staff(f"staff-of-{key}")
    return operations.refund_donation(
        donation_id=donation.pk, amount_minor=amount_minor, reason=reason, actor=staff, request_key=key, now=NOW
    )


def test_a_full_refund_takes_what_is_left_and_the_fee_is_a_loss(sandbox: Client) -> None:
    donation = give(sandbox=sandbox, lines=(NIGHT, FOREST_GIFT))
    movement = Charge.objects.get().movement
    assert movement is not None
    refund(donation, 42_000)
    assert (fund_balance(code="WARM-NIGHT"), fund_balance(code="FOREST")) == (0, 0)
    assert fund_balance(code="GENERAL") == -movement.fee_minor
    assert account_balance(code=CLEARING) == -movement.fee_minor
    donation.refresh_from_db()
    assert (donation.state, donation.refunded_minor) == (DonationState.REFUNDED, 42_000)
    assert trail_of(subject=f"donation:{donation.pk}").get().act == "refund"


def test_two_equal_partial_refunds_are_two(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    first = refund(donation, 10_000, key="morning")
    second = refund(donation, 10_000, key="evening")
    assert first.provider_ref != second.provider_ref
    donation.refresh_from_db()
    assert (donation.state, donation.refunded_minor) == (DonationState.PARTLY_REFUNDED, 20_000)
    assert queries.refundable_of(donation_id=donation.pk) == 17_000


def test_a_double_click_is_one_refund(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    staff = make_staff()
    results = {
        operations.refund_donation(
            donation_id=donation.pk, amount_minor=500, reason="pomyłka", actor=staff, request_key="form", now=NOW
        ).pk
        for _ in range(2)
    }
    assert len(results) == 1
    assert sum(charge.amount_refunded for charge in sandbox.stripe_client().v1.charges.list().data) == 500


def test_a_form_can_not_come_back_with_another_sum(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    refund(donation, 500)
    with pytest.raises(RequestReused):
        operations.refund_donation(
            donation_id=donation.pk,
            amount_minor=600,
            reason="x",
            actor=make_staff("bartek"),
            request_key="form-of-ada",
            now=NOW,
        )


@pytest.mark.parametrize("amount", [0, -1, 37_001, 10**12])
def test_an_over_refund_is_refused_before_it_is_asked_for(sandbox: Client, amount: int) -> None:
    donation = give(sandbox=sandbox)
    sandbox.fault("error", method="POST", path="*refunds*", status=500, times=None)
    with pytest.raises(OverRefund) as refused:
        refund(donation, amount)
    assert refused.value.available == 37_000
    assert sandbox.faults()[0]["struck"] == 0
    assert not Refund.objects.exists()


def test_a_refund_needs_a_reason_and_a_gift(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    with pytest.raises(ReasonMissing):
        refund(donation, 500, reason=" ")
    with pytest.raises(NothingToRefund):
        refund(Donation(pk=begin(intent_key="another").donation_id), 500, key="other")


def test_a_refund_that_comes_back_is_mirrored(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    before = {row for row in books() if row[1] in ("gift", "processor_fee")}
    sandbox.fault("refund_fails_later")
    row = refund(donation, 37_000)
    donation.refresh_from_db()
    assert donation.state == DonationState.REFUNDED
    clearing = account_balance(code=CLEARING)
    sandbox.release("refund_fails")
    deliver_all(sandbox=sandbox)
    row.refresh_from_db()
    donation.refresh_from_db()
    assert row.state == RefundState.FAILED
    assert (donation.state, donation.refunded_minor) == (DonationState.SETTLED, 0)
    assert account_balance(code=CLEARING) == clearing + 37_000
    assert {each[1] for each in books()} == {"gift", "processor_fee", "refund", "reversal"}
    assert before <= set(books())
    assert queries.refundable_of(donation_id=donation.pk) == 37_000


def test_a_pending_refund_is_booked_and_succeeds_later(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    sandbox.fault("refund_pending")
    row = refund(donation, 1_000)
    assert row.state == RefundState.PENDING
    sandbox.release("refund_succeeds")
    deliver_all(sandbox=sandbox)
    row.refresh_from_db()
    assert row.state == RefundState.SUCCEEDED


def refunded_at_provider(sandbox: Client) -> int:
    return sum(charge.amount_refunded for charge in sandbox.stripe_client().v1.charges.list().data)


def test_an_unanswered_refund_is_asked_for_again_with_the_same_key(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    sandbox.fault("timeout", method="POST", path="*refunds*", when="before", times=None)
    with pytest.raises(ProviderUnavailable):
        refund(donation, 1_000)
    assert Refund.objects.get().state == RefundState.REQUESTED
    assert queries.refundable_of(donation_id=donation.pk) == 36_000
    sandbox.clear_faults()
    operations.sweep(now=NOW + timedelta(minutes=10))
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    assert refunded_at_provider(sandbox) == 1_000


def test_a_refund_whose_answer_is_lost_happens_once(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    sandbox.fault("timeout", method="POST", path="*refunds*", when="after")
    assert refund(donation, 1_000).state == RefundState.SUCCEEDED
    assert refunded_at_provider(sandbox) == 1_000


@pytest.mark.parametrize("reached", [True, False])
def test_a_refund_older_than_its_key_is_looked_up(sandbox: Client, reached: bool) -> None:
    donation = give(sandbox=sandbox)
    staff = make_staff()
    row = Refund.objects.create(
        charge=Charge.objects.get(), request_key="old", amount_minor=1_000, reason="x", actor=staff, requested_at=NOW
    )
    facts = {"refund": row.pk, "amount_minor": 1_000}
    record(actor=staff, act="refund", subject=str(donation), reason="x", now=NOW, facts=facts)
    if reached:
        sandbox.stripe_client().v1.refunds.create(
            {"charge": row.charge.ref, "amount": 1_000, "metadata": {"refund": str(row.pk)}}
        )
    operations.sweep(now=NOW + timedelta(days=2))
    row.refresh_from_db()
    assert row.state == (RefundState.SUCCEEDED if reached else RefundState.REFUSED)
    assert refunded_at_provider(sandbox) == (1_000 if reached else 0)
    donation.refresh_from_db()
    assert donation.refunded_minor == (1_000 if reached else 0)


def test_a_refused_refund_holds_nothing(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    sandbox.fault("error", method="POST", path="*refunds*", status=400, times=None)
    with pytest.raises(ProviderRefused):
        refund(donation, 1_000)
    assert Refund.objects.get().state == RefundState.REFUSED
    assert queries.refundable_of(donation_id=donation.pk) == 37_000


def test_a_refund_made_in_the_providers_own_desk_is_booked(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    sandbox.stripe_client().v1.refunds.create({"charge": Charge.objects.get().ref, "amount": 2_000})
    deliver_all(sandbox=sandbox)
    row = Refund.objects.get()
    assert (row.amount_minor, row.actor, row.state) == (2_000, None, RefundState.SUCCEEDED)
    donation.refresh_from_db()
    assert donation.state == DonationState.PARTLY_REFUNDED


def test_a_fee_that_arrives_after_a_full_refund_falls_on_general(sandbox: Client) -> None:
    sandbox.fault("late_balance_transaction")
    donation = give(sandbox=sandbox)
    refund(donation, 37_000)
    assert fund_balance(code="WARM-NIGHT") == 0
    sandbox.release("balance_transaction")
    deliver_all(sandbox=sandbox)
    movement = Charge.objects.get().movement
    assert movement is not None
    assert fund_balance(code="WARM-NIGHT") == 0
    assert fund_balance(code="GENERAL") == -movement.fee_minor
