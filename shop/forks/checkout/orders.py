"""The order follows its donation. An order's number stands in its donation's intent key, and nowhere else."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from oscar.apps.basket.models import Basket
from oscar.apps.order.models import Order
from oscar.apps.partner.models import StockRecord

from payments.models import Donation
from payments.states import RECEIVED, DonationState
from shop.forks.checkout.order_creator import AWAITING, PAID, RELEASED, OrderCreator
from shop.forms.basket import basket_of_one
from shop.forms.gift import Gift
from shop.forms.giving import CannotReserve
from shop.forms.single import DEAD

KEY_PREFIX = "order"
ORPHAN_AFTER = timedelta(minutes=15)
"""An order this old without a donation was left behind by a crash between the two."""


def intent_key_of(number: str) -> str:
    """The donation's key for the order of this number."""
    return f"{KEY_PREFIX}:{number}"


def number_in(intent_key: str) -> str | None:
    """The order's number in a donation's key; None for a donation without an order, such as a free sum."""
    prefix, _, number = intent_key.partition(":")
    return number if prefix == KEY_PREFIX else None


def place_order(*, gift: Gift, number: str, now: datetime) -> None:
    """Freezes the basket and writes the order `awaiting`, inside a database transaction. A second call changes nothing.

    A gift without a basket ("give this now") gets one of its own. Raises CannotReserve when the basket is not open any
    more, IntegrityError when another call writes the same number at this instant.
    """
    basket, stocks = _freeze(gift, number=number)
    if basket is not None:
        lines = list(zip(gift.lines, stocks, strict=True))
        OrderCreator().place_donation(basket=basket, number=number, lines=lines, now=now)


def follow_donation(*, number: str, state: DonationState, now: datetime) -> None:
    """Moves the order to where its donation stands. May run twice, and in any order."""
    with transaction.atomic():
        order = Order.objects.select_for_update().filter(number=number).first()
        if order is None:
            return
        basket = _lock_basket(order.basket_id) if order.basket_id else None
        if state in RECEIVED and order.status != PAID:
            order.set_status(PAID)
            if basket is not None and basket.status in (Basket.FROZEN, Basket.OPEN):
                # Open: the basket was thawed before the money came after all. What it held is given now.
                basket.status, basket.date_submitted = Basket.SUBMITTED, now
                basket.save(update_fields=["status", "date_submitted"])
        elif state in DEAD and order.status == AWAITING:
            order.set_status(RELEASED)
            if basket is not None and basket.status == Basket.FROZEN:
                basket.status = Basket.OPEN
                basket.save(update_fields=["status"])


def awaiting_number(*, basket_id: int) -> str | None:
    """The number of the order that keeps this basket frozen."""
    orders = Order.objects.filter(basket_id=basket_id, status=AWAITING)
    return orders.order_by("-id").values_list("number", flat=True).first()


def donation_token(*, number: str) -> str | None:
    """The token of the order's donation, or None if it never came to one."""
    return Donation.objects.filter(intent_key=intent_key_of(number)).values_list("token", flat=True).first()


def intent_key_of_token(*, token: str) -> str | None:
    """The key of the donation with this token, or None if there is none."""
    return Donation.objects.filter(token=token).values_list("intent_key", flat=True).first()


def release_orphans(*, now: datetime) -> int:
    """Releases orders that a crash left without a donation, and returns how many."""
    old: Sequence[str] = Order.objects.filter(status=AWAITING, date_placed__lt=now - ORPHAN_AFTER).values_list(
        "number", flat=True
    )
    keys = {intent_key_of(number): number for number in old}
    known = set(Donation.objects.filter(intent_key__in=keys).values_list("intent_key", flat=True))
    orphans = [number for key, number in keys.items() if key not in known]
    for number in orphans:
        follow_donation(number=number, state=DonationState.CANCELLED, now=now)
    return len(orphans)


def _freeze(gift: Gift, *, number: str) -> tuple[Basket | None, list[StockRecord]]:
    """The basket, frozen for this order, and what Oscar wants to know of each line; no basket if the order is there.

    Freezing is one statement that also asks whether the basket is open: of two at once, one finds it so.
    """
    if gift.basket is None:
        if Order.objects.filter(number=number).exists():
            return None, []
        line = gift.lines[0]
        made, stock = basket_of_one(
            product_id=line.product_id or 0, quantity=line.quantity, added_minor=line.unit_minor
        )
        return made, [stock]
    kept = Basket(id=gift.basket.basket_id, status=Basket.FROZEN)
    if Basket.objects.filter(id=kept.id, status=Basket.OPEN).update(status=Basket.FROZEN):
        return kept, [line.stock for line in gift.basket.lines]
    if Order.objects.filter(number=number).exists():
        return None, []
    raise CannotReserve


def _lock_basket(basket_id: int) -> Basket:
    return Basket.objects.select_for_update().get(id=basket_id)
