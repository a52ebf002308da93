"""Give: choose a sum, what it is for and how often; then, for a single gift, the same form as everyone's."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aid_packages.queries.targets import NEEDED_MOST, FreeTarget, UnknownTarget, free_choices, free_target
from payments.monthly_states import Interval
from shop.forms.amount import OWN, PRESETS, AmountForm, selected_in
from shop.forms.gift import Gift, GiftLine
from shop.forms.monthly import interval_in
from shop.forms.names import name_in
from shop.forms.single import SingleGiftPage

FREQUENCIES = [
    ("", _("Once")),
    (Interval.MONTH.value, _("Every month")),
    (Interval.QUARTER.value, _("Every three months")),
    (Interval.YEAR.value, _("Every year")),
]
"""How often one can give; the empty one is a single gift."""


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """How much, and to what; ?need=<code> chooses a need or an area beforehand."""
    return show_choice(request)


class GiveOnce(SingleGiftPage):
    """The form for a free sum: ?amount=... (or ?amount=own&own_amount=...) and ?need=...; with ?every=... another's."""

    key_prefix = "free"

    def find_gift(self, request: HttpRequest) -> Gift | HttpResponse:
        if interval_in(request.GET.get("every", "")):
            return redirect(f"{reverse('storefront:give_monthly')}?{request.GET.urlencode()}")
        form = AmountForm(request.GET)
        try:
            target = free_target(code=target_code(request))
        except UnknownTarget:
            return show_choice(request)
        if not form.is_valid():
            return show_choice(request, errors=form.errors.get("own_amount", []))
        line = GiftLine(
            title=target.title, fund_code=target.fund_code, unit_minor=form.minor, quantity=1, fallback=target.fallback
        )
        query = urlencode({"amount": OWN, "own_amount": plain(form.minor), "need": target.code})
        return Gift(lines=(line,), page=f"{reverse('storefront:give_details')}?{query}", note=target.note)


def show_choice(request: HttpRequest, *, errors: list[str] | None = None) -> HttpResponse:
    """The page on which a sum, its purpose and how often it is given are chosen; also with what is wrong about them."""
    needed_most, groups = free_target(code=NEEDED_MOST), free_choices()
    target = _target(
        target_code(request), [needed_most, *(each for group in groups for each in (group.area, *group.needs))]
    )
    context = {
        "choices": PRESETS,
        "selected": selected_in(request.GET),
        "own_value": request.GET.get("own_amount", "")[:40],
        "errors": errors or [],
        "groups": groups,
        "needed_most": needed_most,
        "target": target or needed_most,
        "unknown_target": target is None,
        "every": interval_in(request.GET.get("every", "")) or "",
        "frequencies": FREQUENCIES,
    }
    return render(request, "pages/give.html", context)


def target_code(request: HttpRequest) -> str:
    """The code of the need or area that the address names; where it is needed most if it names none."""
    typed = request.GET.get("need", "")
    return name_in(typed) if typed else NEEDED_MOST


def _target(code: str, open_ones: list[FreeTarget]) -> FreeTarget | None:
    """The target of this code: among those that stand open, else what stands in for it; None for an unknown one."""
    found = next((target for target in open_ones if target.code.casefold() == code.casefold()), None)
    try:
        return found or free_target(code=code)
    except UnknownTarget:
        return None


def plain(minor: int) -> str:
    """The sum as it stands in an address: 50 or 50.50."""
    whole, rest = divmod(minor, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)
