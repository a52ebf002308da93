"""The table of moves."""

import pytest

from payments.states import IN_DOUBT, MOVES, RECEIVED, DonationState, MoveNotAllowed, check_move

S = DonationState


def test_every_state_has_its_row() -> None:
    assert set(MOVES) == set(S)


@pytest.mark.parametrize("state", sorted(RECEIVED))
def test_what_was_received_never_becomes_unpaid(state: DonationState) -> None:
    assert MOVES[state] <= RECEIVED


@pytest.mark.parametrize("state", [S.DRAFT, S.CHECKOUT_OPEN, S.PROCESSING, S.EXPIRED, S.FAILED])
def test_a_late_success_is_always_allowed(state: DonationState) -> None:
    check_move(from_state=state, to_state=S.SETTLED)


def test_a_confirmed_cancellation_is_final() -> None:
    assert MOVES[S.CANCELLED] == frozenset()


def test_refunds_come_back_and_are_disputed() -> None:
    check_move(from_state=S.REFUNDED, to_state=S.SETTLED)
    check_move(from_state=S.REFUNDED, to_state=S.DISPUTED)
    check_move(from_state=S.PARTLY_REFUNDED, to_state=S.PARTLY_REFUNDED)


def test_what_the_table_lacks_is_refused_with_its_facts() -> None:
    with pytest.raises(MoveNotAllowed) as refused:
        check_move(from_state=S.SETTLED, to_state=S.DRAFT)
    assert (refused.value.from_state, refused.value.to_state) == (S.SETTLED, S.DRAFT)


def test_in_doubt_and_received_are_apart() -> None:
    assert not IN_DOUBT & RECEIVED
