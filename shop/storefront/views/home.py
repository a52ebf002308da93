"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aid_packages.queries.pages import home_needs
from shop.storefront.latest_report import latest_report


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, three needs, what the money did, one way to give."""
    return render(request, "pages/home.html", {"needs": home_needs(), "report": latest_report()})
