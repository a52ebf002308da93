"""The states of a donation and the moves between them: the one table that everyone reads."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class DonationState(TextChoices):
    """Where a donation stands. Each move is a row of DonationTransition."""

    DRAFT = (
        "draft",
        pgettext_lazy("donation", "being prepared"),
    )  # committed by us; the provider's answer is not known yet
    CHECKOUT_OPEN = "checkout_open", pgettext_lazy("donation", "waiting for payment")  # the payment page is open
    PROCESSING = (
        "processing",
        pgettext_lazy("donation", "payment on its way"),
    )  # the donor finished; the bank has not said yes or no
    SETTLED = "settled", pgettext_lazy("donation", "received")  # taken and booked
    PARTLY_REFUNDED = "partly_refunded", pgettext_lazy("donation", "partly refunded")  # a part went back to the donor
    REFUNDED = "refunded", pgettext_lazy("donation", "refunded")  # all of it went back to the donor
    DISPUTED = "disputed", pgettext_lazy("donation", "disputed")  # the donor's bank asks for it back
    LOST = "lost", pgettext_lazy("donation", "lost in a dispute")  # the donor's bank took it back
    EXPIRED = (
        "expired",
        pgettext_lazy("donation", "expired"),
    )  # the payment page closed unpaid; a late success is still booked
    FAILED = (
        "failed",
        pgettext_lazy("donation", "failed"),
    )  # refused by the provider or the bank; a late success is still booked
    CANCELLED = (
        "cancelled",
        pgettext_lazy("donation", "cancelled"),
    )  # closed at the donor's wish, confirmed by the provider; final


_S = DonationState

MOVES: dict[DonationState, frozenset[DonationState]] = {
    _S.DRAFT: frozenset({_S.CHECKOUT_OPEN, _S.PROCESSING, _S.SETTLED, _S.EXPIRED, _S.FAILED, _S.CANCELLED}),
    _S.CHECKOUT_OPEN: frozenset({_S.PROCESSING, _S.SETTLED, _S.EXPIRED, _S.FAILED, _S.CANCELLED}),
    _S.PROCESSING: frozenset({_S.SETTLED, _S.FAILED, _S.EXPIRED}),
    _S.SETTLED: frozenset({_S.PARTLY_REFUNDED, _S.REFUNDED, _S.DISPUTED}),
    # two equal partial refunds are two moves, so that the mails and the totals follow each of them
    _S.PARTLY_REFUNDED: frozenset({_S.PARTLY_REFUNDED, _S.REFUNDED, _S.SETTLED, _S.DISPUTED}),
    _S.REFUNDED: frozenset({_S.PARTLY_REFUNDED, _S.SETTLED, _S.DISPUTED}),
    _S.DISPUTED: frozenset({_S.SETTLED, _S.PARTLY_REFUNDED, _S.REFUNDED, _S.LOST}),
    # an appeal that is won, or begun
    _S.LOST: frozenset({_S.SETTLED, _S.PARTLY_REFUNDED, _S.REFUNDED, _S.DISPUTED}),
    _S.EXPIRED: frozenset({_S.PROCESSING, _S.SETTLED, _S.FAILED}),
    _S.FAILED: frozenset({_S.PROCESSING, _S.SETTLED, _S.EXPIRED}),
    _S.CANCELLED: frozenset(),
}

RECEIVED = frozenset({_S.SETTLED, _S.PARTLY_REFUNDED, _S.REFUNDED, _S.DISPUTED, _S.LOST})
IN_DOUBT = frozenset({_S.DRAFT, _S.CHECKOUT_OPEN, _S.PROCESSING})


class MoveNotAllowed(Exception):
    """A donation was asked to make a move that the table does not hold. Never to be expected: a mistake of ours."""

    def __init__(self, *, from_state: DonationState, to_state: DonationState) -> None:
        self.from_state = from_state
        self.to_state = to_state
        super().__init__(f"{from_state} -> {to_state}")


def check_move(*, from_state: DonationState, to_state: DonationState) -> None:
    """Raise MoveNotAllowed unless the table holds this move."""
    if to_state not in MOVES[from_state]:
        raise MoveNotAllowed(from_state=from_state, to_state=to_state)
