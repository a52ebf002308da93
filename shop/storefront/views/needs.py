"""The needs, and one need."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aid_packages.deliveries.queries import need_in_units
from aid_packages.queries.pages import need_page, needs_list


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """Every need, by area."""
    return render(request, "pages/needs.html", {"areas": needs_list()})


@require_safe
def need(request: HttpRequest, code: str) -> HttpResponse:
    """One need: its goal, how far it is funded, its packages, what was handed on, and what happens to what is left."""
    page = need_page(code=code)
    if page is None:
        raise Http404
    begun = page.need.season_from
    units = need_in_units(
        fund_code=page.need.fund_code, first_period=begun.year * 100 + begun.month, now=timezone.now()
    )
    return render(request, "pages/need.html", {"page": page, "units": units})
