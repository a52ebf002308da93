"""The needs, and one need."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aid_packages.queries.pages import need_page, needs_list


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """Every need, by area."""
    return render(request, "pages/needs.html", {"areas": needs_list()})


@require_safe
def need(request: HttpRequest, code: str) -> HttpResponse:
    """One need: its goal, how far it is funded, its packages, and what happens to what is left."""
    page = need_page(code=code)
    if page is None:
        raise Http404
    return render(request, "pages/need.html", {"page": page})
