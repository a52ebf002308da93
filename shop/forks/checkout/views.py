"""Checkout in one page for guests, and the way back from the payment page."""

from contextlib import suppress
from datetime import datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from payments.operations import ProviderRefused, ProviderUnavailable, Started, cancel_checkout
from payments.states import RECEIVED, DonationState
from shop.forks.checkout import orders, sources
from shop.forms import basket as baskets
from shop.forms.gift import Gift
from shop.forms.giving import AlreadyGiven, CannotReserve
from shop.forms.single import DEAD, SingleGiftPage

PAID_OR_ON_ITS_WAY = RECEIVED | {DonationState.PROCESSING}


class Checkout(SingleGiftPage):
    """One page from basket to payment, or from "give this now" without a basket (?package=...&quantity=...)."""

    key_prefix = orders.KEY_PREFIX

    def find_gift(self, request: HttpRequest) -> Gift | HttpResponse:
        if request.GET.get("package"):
            return sources.gift_of_package(request)
        gift = sources.gift_of_basket(request)
        return gift if gift is not None else redirect("storefront:basket")

    def clear_way(self, gift: Gift, *, number: str, now: datetime) -> None:
        if gift.basket is not None and gift.basket.frozen:
            held = orders.awaiting_number(basket_id=gift.basket.basket_id)
            if held is not None and held != number:
                give_up(number=held, now=now)

    def reserve(self, gift: Gift, *, number: str, now: datetime) -> None:
        orders.place_order(gift=gift, number=number, now=now)

    def release(self, begun: Started, *, number: str, now: datetime) -> None:
        orders.follow_donation(number=number, state=begun.state, now=now)


def give_up(*, number: str, now: datetime) -> None:
    """Closes the payment page of an awaiting order and thaws its basket.

    Raises AlreadyGiven when it was paid meanwhile, CannotReserve when the provider can't be asked now.
    """
    token = orders.donation_token(number=number)
    if token is None:
        # A crash left an order without a donation: nobody can pay for it, so its basket is free.
        orders.follow_donation(number=number, state=DonationState.CANCELLED, now=now)
        return
    try:
        state = DonationState(cancel_checkout(token=token, now=now))
    except (ProviderUnavailable, ProviderRefused) as unknown:
        raise CannotReserve from unknown
    if state in PAID_OR_ON_ITS_WAY:
        raise AlreadyGiven(token)
    if state not in DEAD:
        raise CannotReserve
    orders.follow_donation(number=number, state=state, now=now)


@require_POST
def reopen(request: HttpRequest) -> HttpResponse:
    """The visitor wants to change a basket whose payment is open: its payment page is closed first."""
    found = baskets.find_basket(ids=baskets.ids_in_cookie(request))
    number = orders.awaiting_number(basket_id=found.basket_id) if found is not None and found.frozen else None
    try:
        if number is not None:
            give_up(number=number, now=timezone.now())
    except AlreadyGiven as given:
        return redirect("storefront:thank_you", token=given.token)
    except CannotReserve:
        return redirect(reverse("storefront:basket") + "?" + urlencode({"still": "open"}))
    return redirect("storefront:basket")


@never_cache
@require_safe
def cancelled(request: HttpRequest, token: str) -> HttpResponse:
    """Back from the payment page without paying.

    It is closed, so that nobody pays on it later, and the page says so.
    """
    key = orders.intent_key_of_token(token=token)
    if key is None:
        raise Http404
    number = orders.number_in(key)
    # A provider that doesn't answer leaves the outcome open; the page we lead to says that.
    with suppress(ProviderUnavailable, ProviderRefused):
        state = DonationState(cancel_checkout(token=token, now=timezone.now()))
        if number is not None and state in DEAD:
            orders.follow_donation(number=number, state=state, now=timezone.now())
    return redirect("storefront:thank_you", token=token)
