"""Give once: choose a sum and what it is for, then the same form as everyone's."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aid_packages.queries.targets import NEEDED_MOST, FreeTarget, UnknownTarget, free_choices, free_target
from shop.forms.amount import OWN, PRESETS, AmountForm, selected_in
from shop.forms.gift import Gift, GiftLine
from shop.forms.giving import GivingPage

LONGEST_CODE = 60


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """How much, and to what; ?need=<code> chooses a need or an area beforehand."""
    return _show_choice(request, target=_target(request))


class GiveOnce(GivingPage):
    """The form for a free sum: ?amount=... (or ?amount=own&own_amount=...) and ?need=..."""

    key_prefix = "free"

    def find_gift(self, request: HttpRequest) -> Gift | HttpResponse:
        target, form = _target(request), AmountForm(request.GET)
        if not form.is_valid() or target is None:
            return _show_choice(request, target=target, errors=form.errors.get("own_amount", []))
        line = GiftLine(
            title=target.title, fund_code=target.fund_code, unit_minor=form.minor, quantity=1, fallback=target.fallback
        )
        query = urlencode({"amount": OWN, "own_amount": _plain(form.minor), "need": target.code})
        return Gift(lines=(line,), page=f"{reverse('storefront:give_details')}?{query}", note=target.note)


def _show_choice(request: HttpRequest, *, target: FreeTarget | None, errors: list[str] | None = None) -> HttpResponse:
    needed_most = free_target(code=NEEDED_MOST)
    context = {
        "choices": PRESETS,
        "selected": selected_in(request.GET),
        "own_value": request.GET.get("own_amount", "")[:40],
        "errors": errors or [],
        "groups": free_choices(),
        "needed_most": needed_most,
        "target": target or needed_most,
        "unknown_target": target is None,
    }
    return render(request, "pages/give.html", context)


def _target(request: HttpRequest) -> FreeTarget | None:
    """The target that the address names, where it is needed most if it names none; None for an unknown one."""
    try:
        return free_target(code=request.GET.get("need", "")[:LONGEST_CODE] or NEEDED_MOST)
    except UnknownTarget:
        return None


def _plain(minor: int) -> str:
    """The sum as it stands in an address: 50 or 50.50."""
    whole, rest = divmod(minor, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)
