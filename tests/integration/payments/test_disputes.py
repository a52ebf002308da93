"""Disputes: booked from what the bank took and returned, on whom they fall, and what staff can do about them."""

from datetime import timedelta

import pytest

from core.trail import trail_of
from ledger.queries import fund_balance
from payments import operations, queries
from payments.models import (
    Charge,
    Dispute,
    DisputeAct,
    DisputeActState,
    DisputeState,
    Donation,
    FraudWarning,
    LinedUpGift,
    MatterKind,
    StaffMatter,
)
from payments.operations import GiftIsDisputed, ProviderUnavailable
from payments.operations.disputes import DisputeActReused, NotAnswerable, accept_loss, answer_dispute
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.money_afterwards import charge_of, disputed, on_account, treasurer
from tests.factories.payments import FOREST_GIFT, NIGHT, books, deliver, deliver_all, events_of, give
from tests.factories.time import NOW
from transparency.attribution.operations import line_up_day

pytestmark = [pytest.mark.django_db, pytest.mark.money]

CLEARING, LOSSES, ADMIN_FEES = "asset:stripe_clearing", "fund:GENERAL:losses", "fund:ADMIN:fees"
FEE = 9_000


def state_of(donation: Donation) -> tuple[str, int]:
    donation.refresh_from_db()
    return donation.state, donation.refunded_minor


def fee_of(donation: Donation) -> int:
    movement = Charge.objects.get(donation=donation).movement
    assert movement is not None
    return movement.fee_minor


def decided(sandbox: Client, ref: str, outcome: str, **facts: object) -> None:
    sandbox.decide(ref, outcome, **facts)
    deliver_all(sandbox=sandbox)


def lined_up(donation: Donation) -> None:
    """A month passes, and the gift stands on its need's line."""
    line_up_day(now=NOW + timedelta(days=30))
    assert LinedUpGift.objects.filter(donation=donation).exists()


def open_matters(kind: MatterKind) -> int:
    return StaffMatter.objects.filter(kind=kind, resolved_at__isnull=True).count()


def test_what_the_bank_takes_falls_on_the_gift_and_its_fee_on_us(sandbox: Client) -> None:
    donation = give(sandbox=sandbox, lines=(NIGHT, FOREST_GIFT))
    fee = fee_of(donation)
    disputed(sandbox, donation)
    assert (fund_balance(code="WARM-NIGHT"), fund_balance(code="FOREST")) == (0, 0)
    assert (on_account(LOSSES), on_account(ADMIN_FEES)) == (fee, FEE)
    assert on_account(CLEARING) == -fee - FEE
    assert state_of(donation) == (DonationState.DISPUTED, 0)
    assert open_matters(MatterKind.DISPUTE) == 1


def test_a_dispute_that_is_won_leaves_the_gift_as_it_was(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    before = fund_balance(code="WARM-NIGHT")
    decided(sandbox, disputed(sandbox, donation), "won")
    assert fund_balance(code="WARM-NIGHT") == before
    assert (on_account(LOSSES), on_account(ADMIN_FEES)) == (0, FEE)
    assert state_of(donation) == (DonationState.SETTLED, 0)
    assert open_matters(MatterKind.DISPUTE) == 0


def test_a_fee_that_comes_back_with_it_does(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    decided(sandbox, disputed(sandbox, donation), "won", fee_back=True)
    assert on_account(ADMIN_FEES) == 0


def test_a_dispute_that_is_lost_ends_the_gift(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    decided(sandbox, disputed(sandbox, donation), "lost")
    assert state_of(donation) == (DonationState.LOST, 37_000)
    assert queries.refundable_of(donation_id=donation.pk) == 0
    assert [move.to_state for move in donation.transitions.all()][-2:] == ["disputed", "lost"]


def test_a_part_is_disputed_and_lost(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    ref = disputed(sandbox, donation, amount=10_000)
    assert state_of(donation) == (DonationState.DISPUTED, 0)
    decided(sandbox, ref, "lost")
    assert state_of(donation) == (DonationState.PARTLY_REFUNDED, 10_000)
    assert fund_balance(code="WARM-NIGHT") == 27_000 - fee_of(donation)


def test_a_part_of_what_was_taken_comes_back(sandbox: Client) -> None:
    donation = give(sandbox=sandbox, lines=(NIGHT, FOREST_GIFT))
    ref = disputed(sandbox, donation)
    decided(sandbox, ref, "won", amount=21_000)
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.taken_minor) == (DisputeState.WON, 21_000)
    assert state_of(donation) == (DonationState.PARTLY_REFUNDED, 21_000)
    assert queries.refundable_of(donation_id=donation.pk) == 21_000
    assert on_account(CLEARING) == 21_000 - fee_of(donation) - FEE
    left = fund_balance(code="WARM-NIGHT") + fund_balance(code="FOREST") - on_account(LOSSES)
    assert left == 21_000 - fee_of(donation)


def test_what_was_refunded_is_not_taken_again(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    refunded(donation, 27_000)
    ref = disputed(sandbox, donation, amount=37_000)
    assert Dispute.objects.get().taken_minor == 10_000
    decided(sandbox, ref, "lost")
    assert state_of(donation) == (DonationState.LOST, 37_000)


def test_a_refunded_gift_can_be_disputed_and_nothing_moves(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    refunded(donation, 37_000)
    ref = disputed(sandbox, donation)
    assert state_of(donation) == (DonationState.REFUNDED, 37_000)
    decided(sandbox, ref, "lost")
    assert state_of(donation) == (DonationState.REFUNDED, 37_000)
    assert on_account(ADMIN_FEES) == 0


def refunded(donation: Donation, amount_minor: int) -> None:
    operations.refund_donation(
        donation_id=donation.pk,
        amount_minor=amount_minor,
        reason="asked for",
        actor=treasurer(),
        request_key=f"form-{amount_minor}",
        now=NOW,
    )


@pytest.mark.parametrize("outcome", ["", "lost"])
def test_a_disputed_gift_is_not_refunded_as_well(sandbox: Client, outcome: str) -> None:
    donation = give(sandbox=sandbox)
    ref = disputed(sandbox, donation)
    if outcome:
        decided(sandbox, ref, outcome)
    sandbox.fault("error", method="POST", path="*refunds*", status=500, times=None)
    with pytest.raises(GiftIsDisputed):
        refunded(donation, 100)
    assert sandbox.faults()[0]["struck"] == 0


def test_an_inquiry_takes_nothing_and_a_refund_ends_it(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    disputed(sandbox, donation, inquiry=True)
    assert state_of(donation) == (DonationState.SETTLED, 0)
    assert open_matters(MatterKind.DISPUTE) == 1
    refunded(donation, 37_000)
    deliver_all(sandbox=sandbox)
    assert Dispute.objects.get().state == DisputeState.INQUIRY_CLOSED
    assert open_matters(MatterKind.DISPUTE) == 0


def test_an_inquiry_that_becomes_a_chargeback_takes_the_money(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    decided(sandbox, disputed(sandbox, donation, inquiry=True), "escalated")
    assert state_of(donation)[0] == DonationState.DISPUTED
    assert on_account(ADMIN_FEES) == FEE


def test_once_lined_up_all_of_it_falls_on_the_general_fund(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    before = fund_balance(code="WARM-NIGHT")
    lined_up(donation)
    ref = disputed(sandbox, donation)
    assert fund_balance(code="WARM-NIGHT") == before
    assert on_account(LOSSES) == 37_000
    decided(sandbox, ref, "won")
    assert (fund_balance(code="WARM-NIGHT"), on_account(LOSSES)) == (before, 0)


def test_a_refund_of_a_lined_up_gift_falls_on_the_general_fund(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    before = fund_balance(code="WARM-NIGHT")
    lined_up(donation)
    refunded(donation, 37_000)
    assert (fund_balance(code="WARM-NIGHT"), on_account(LOSSES)) == (before, 37_000)


def test_what_comes_back_after_lining_up_is_less_of_a_loss_not_more_of_the_need(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    sandbox.fault("refund_fails_later")
    refunded(donation, 30_000)
    lined_up(donation)
    sandbox.release("refund_fails")
    deliver_all(sandbox=sandbox)
    assert fund_balance(code="WARM-NIGHT") == 7_000 - fee_of(donation)
    assert on_account(LOSSES) == -30_000
    assert state_of(donation) == (DonationState.SETTLED, 0)


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_any_order_any_number_of_times(sandbox: Client, outcome: str) -> None:
    donation = give(sandbox=sandbox)
    ref = str(sandbox.dispute(charge_of(donation))["id"])
    sandbox.decide(ref, outcome)
    events = events_of(sandbox)
    for event in [*reversed(events), *events]:
        received = deliver(sandbox=sandbox, event=event)
        operations.process_event(event_id=received.event_id, now=NOW)
    told = books()
    assert operations.compare_with_provider(now=NOW).unexplained == []
    assert books() == told
    assert state_of(donation)[0] == (DonationState.SETTLED if outcome == "won" else DonationState.LOST)


def test_the_comparison_finds_a_dispute_that_nobody_told_of(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    sandbox.dispute(charge_of(donation))
    assert operations.compare_with_provider(now=NOW).unexplained == []
    assert state_of(donation)[0] == DonationState.DISPUTED


def test_a_dispute_of_money_that_could_not_be_placed(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    sandbox.pay(donation.checkout_ref or "", though_closed=True)
    deliver_all(sandbox=sandbox)
    second = Charge.objects.get(outcome="unmatched")
    ref = str(sandbox.dispute(second.ref)["id"])
    deliver_all(sandbox=sandbox)
    assert on_account("liability:unmatched") == 0
    decided(sandbox, ref, "lost")
    second.unmatched.refresh_from_db()
    assert second.unmatched.resolved_at is not None
    assert state_of(donation) == (DonationState.SETTLED, 0)


def answer(text: str = "winning_evidence", *, key: str = "form") -> DisputeAct:
    return answer_dispute(
        dispute_id=Dispute.objects.get().pk,
        text=text,
        reason="the donor wrote to us",
        actor=treasurer(),
        request_key=key,
        now=NOW,
    )


def test_staff_answer_the_bank_once(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    disputed(sandbox, donation)
    first = answer("It was a gift of two nights.")
    assert answer("It was a gift of two nights.").pk == first.pk
    assert (first.state, Dispute.objects.get().state) == (DisputeActState.DONE, DisputeState.UNDER_REVIEW)
    assert trail_of(subject=f"dispute:{Dispute.objects.get().pk}").get().act == "dispute_answer"
    with pytest.raises(DisputeActReused):
        answer("Something else.")
    with pytest.raises(NotAnswerable):
        answer(key="another form")


def test_an_answer_that_wins(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    disputed(sandbox, donation)
    answer("winning_evidence")
    assert state_of(donation)[0] == DonationState.SETTLED


def test_staff_accept_a_loss(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    disputed(sandbox, donation)
    accept_loss(
        dispute_id=Dispute.objects.get().pk, reason="a stolen card", actor=treasurer(), request_key="form", now=NOW
    )
    assert state_of(donation)[0] == DonationState.LOST


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_that_may_have_been_given_is_looked_for(sandbox: Client, when: str) -> None:
    donation = give(sandbox=sandbox)
    disputed(sandbox, donation)
    sandbox.fault("error", method="POST", path="*disputes*", status=500, when=when, times=3)
    with pytest.raises(ProviderUnavailable):
        answer("It was a gift.")
    operations.sweep(now=NOW + timedelta(minutes=10))
    assert DisputeAct.objects.get().state == (DisputeActState.DONE if when == "after" else DisputeActState.REQUESTED)
    assert sandbox.stripe_client().v1.disputes.list().data[0].evidence_details.submission_count == int(when == "after")


def test_an_answer_that_never_arrived_is_asked_for_again(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    disputed(sandbox, donation)
    sandbox.fault("timeout", method="POST", path="*disputes*", when="before", times=3)
    with pytest.raises(ProviderUnavailable):
        answer("It was a gift.")
    operations.sweep(now=NOW + timedelta(minutes=10))
    assert DisputeAct.objects.get().state == DisputeActState.DONE


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_forgotten_key_is_looked_up(sandbox: Client, when: str) -> None:
    donation = give(sandbox=sandbox)
    disputed(sandbox, donation)
    sandbox.fault("error", method="POST", path="*disputes*", status=500, when=when, times=3)
    with pytest.raises(ProviderUnavailable):
        answer("It was a gift.")
    operations.sweep(now=NOW + timedelta(hours=22))
    expected = DisputeActState.DONE if when == "after" else DisputeActState.REFUSED
    assert DisputeAct.objects.get().state == expected


def test_a_warning_of_fraud_waits_for_somebody_and_does_nothing_by_itself(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    sandbox.warn_of_fraud(charge_of(donation))
    deliver_all(sandbox=sandbox)
    deliver_all(sandbox=sandbox)
    assert FraudWarning.objects.count() == 1
    assert open_matters(MatterKind.FRAUD_WARNING) == 1
    assert state_of(donation) == (DonationState.SETTLED, 0)
    refunded(donation, 37_000)
    assert open_matters(MatterKind.FRAUD_WARNING) == 0


def test_the_comparison_finds_a_warning_that_nobody_told_of(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    sandbox.warn_of_fraud(charge_of(donation))
    operations.compare_with_provider(now=NOW)
    assert open_matters(MatterKind.FRAUD_WARNING) == 1
