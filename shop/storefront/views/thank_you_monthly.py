"""After setting up a monthly gift: how it stands, and when the next gifts are taken."""

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donors.operations import drop_draft
from payments.monthly_states import LIVE, NOT_BEGUN, MonthlyState
from payments.operations import ProviderRefused, ProviderUnavailable
from payments.operations.monthly import cancel_monthly_checkout, settle_monthly
from payments.queries.monthly_start import MonthlyThanks, monthly_by_token
from shop.forms import draft
from shop.storefront.views.thank_you import LOOK_AGAIN_SECONDS, LOOKS, form_page, looks_of


@never_cache
@require_safe
def thank_you_monthly(request: HttpRequest, token: str) -> HttpResponse:
    """Asks the provider once more while it isn't known how it went. The address is the donor's alone; others are 404."""
    gift = monthly_by_token(token=token)
    if gift is None:
        raise Http404
    if gift.state in NOT_BEGUN:
        gift = _look_again(gift, token=token)
    looks = looks_of(request)
    looks_again = gift.state in NOT_BEGUN and looks < LOOKS
    context = {
        "gift": gift,
        "face": face_of(gift.state),
        "looks_again": looks_again,
        "next_look": looks + 1,
        "last_look": LOOKS,
        "back": form_page(request),
    }
    response = render(request, "pages/thank_you_monthly.html", context)
    if looks_again:
        # No script is needed for this, and the page says how to stop it.
        response["Refresh"] = f"{LOOK_AGAIN_SECONDS};url={request.path}?look={looks + 1}"
    response["X-Robots-Tag"] = "noindex"
    if gift.state in LIVE:
        draft_token, begun_token = draft.tokens_in_cookie(request)
        if draft_token and begun_token == token:
            drop_draft(token=draft_token)
            draft.forget_tokens(response)
    return response


@never_cache
@require_safe
def monthly_cancelled(request: HttpRequest, token: str) -> HttpResponse:
    """Back from the provider's page without confirming: it is closed, so that nobody confirms it later."""
    if monthly_by_token(token=token) is None:
        raise Http404
    # A provider that doesn't answer leaves the outcome open; the page we lead to says that.
    with suppress(ProviderUnavailable, ProviderRefused):
        cancel_monthly_checkout(token=token, now=timezone.now())
    return redirect("storefront:thank_you_monthly", token=token)


def face_of(state: MonthlyState) -> str:
    """Which of the page's faces a state has: begun, pending, or not_begun."""
    if state in LIVE:
        return "begun"
    if state in NOT_BEGUN:
        return "pending"
    return "ended" if state is MonthlyState.CANCELLED else "not_begun"


def _look_again(gift: MonthlyThanks, *, token: str) -> MonthlyThanks:
    try:
        settle_monthly(gift_id=gift.gift_id, now=timezone.now())
    except (ProviderUnavailable, ProviderRefused):
        # The provider doesn't answer: the page says that the outcome is open, which is true.
        return gift
    return monthly_by_token(token=token) or gift
