"""The needs, and one need."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aid_packages.deliveries.queries import need_in_units
from aid_packages.evidence.queries import seen_of_fund
from aid_packages.queries.pages import need_page, needs_list


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """Every need, by area."""
    return render(request, "pages/needs.html", {"areas": needs_list()})


@require_safe
def need(request: HttpRequest, code: str) -> HttpResponse:
    """One need: its goal, how far it is funded, its packages, what was handed on, what may be seen of it, what becomes of
    what is left."""
    page = need_page(code=code)
    if page is None:
        raise Http404
    fund_code, begun, now = page.need.fund_code, page.need.season_from, timezone.now()
    units = need_in_units(fund_code=fund_code, first_period=begun.year * 100 + begun.month, now=now)
    seen = seen_of_fund(fund_code=fund_code, now=now)
    return render(request, "pages/need.html", {"page": page, "units": units, "seen": seen})
