"""After paying: how the donation stands, honestly in each of its states."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donors.operations import drop_draft
from payments.operations import ProviderRefused, ProviderUnavailable, settle
from payments.queries import DonationPage, donation_by_token
from payments.states import IN_DOUBT, RECEIVED, DonationState
from shop.forms import draft

LOOKS = 6
"""How often the page looks again by itself before it says that the e-mail will tell."""
LOOK_AGAIN_SECONDS = 5


@never_cache
@require_safe
def thank_you(request: HttpRequest, token: str) -> HttpResponse:
    """Asks the provider once more while the outcome is open.

    The address is the donor's alone, and unknown ones are 404.
    """
    donation = donation_by_token(token=token)
    if donation is None:
        raise Http404
    if donation.state in IN_DOUBT:
        donation = _look_again(donation, token=token)
    looks = looks_of(request)
    looks_again = donation.state in IN_DOUBT and looks < LOOKS
    context = {
        "donation": donation,
        "face": face_of(donation.state),
        "looks_again": looks_again,
        "next_look": looks + 1,
        "last_look": LOOKS,
        "back": form_page(request),
    }
    response = render(request, "pages/thank_you.html", context)
    if looks_again:
        # No script is needed for this, and the page says how to stop it.
        response["Refresh"] = f"{LOOK_AGAIN_SECONDS};url={request.path}?look={looks + 1}"
    response["X-Robots-Tag"] = "noindex"
    if donation.state in RECEIVED:
        _forget(request, response, token=token)
    return response


def face_of(state: str) -> str:
    """Which of the page's faces a state has: settled, pending, failed, cancelled, or returned (given back)."""
    if state in (DonationState.REFUNDED, DonationState.LOST):
        return "returned"
    if state in RECEIVED:
        return "settled"
    if state == DonationState.FAILED:
        return "failed"
    return "pending" if state in IN_DOUBT else "cancelled"


def _look_again(donation: DonationPage, *, token: str) -> DonationPage:
    try:
        settle(donation_id=donation.donation_id, now=timezone.now())
    except (ProviderUnavailable, ProviderRefused):
        # The provider doesn't answer: the page says that the outcome is open, which is true.
        return donation
    return donation_by_token(token=token) or donation


def looks_of(request: HttpRequest) -> int:
    """How often this page has looked again already, as its address says; never more than LOOKS."""
    typed = request.GET.get("look", "0")
    return min(int(typed), LOOKS) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0


def form_page(request: HttpRequest) -> str:
    """The address of the form this browser filled in, where everything typed still stands; empty if there is none."""
    return str(draft.find_begun(request, now=timezone.now()).data.get("page", ""))


def _forget(request: HttpRequest, response: HttpResponse, *, token: str) -> None:
    """The gift is made: what was typed for it is not needed any more."""
    draft_token, donation_token = draft.tokens_in_cookie(request)
    if draft_token and donation_token == token:
        drop_draft(token=draft_token)
        draft.forget_tokens(response)
