"""Pages of words: written whole in each language, since a translated paragraph reads like one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from shop.forms.terms import CURRENT_TERMS, TERMS_VERSIONS

WRITTEN_IN = ("pl", "en")


@require_safe
def how_we_work(request: HttpRequest) -> HttpResponse:
    """How a gift becomes help, and how it is shown."""
    return _written(request, "how_we_work")


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """What giving leaves behind: on a bank statement, in a mailbox, with us."""
    return _written(request, "safety")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, for how long, and every cookie."""
    return _written(request, "privacy")


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """How to reach us."""
    return _written(request, "contact")


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms in force."""
    return _terms(request, CURRENT_TERMS)


@require_safe
def terms_version(request: HttpRequest, version: str) -> HttpResponse:
    """The terms as a donor accepted them, also after newer ones came."""
    if version not in TERMS_VERSIONS:
        raise Http404
    return _terms(request, version)


def _terms(request: HttpRequest, version: str) -> HttpResponse:
    context = {"version": version, "versions": TERMS_VERSIONS, "is_current": version == CURRENT_TERMS}
    return _written(request, f"terms-{version}", context)


def _written(request: HttpRequest, name: str, context: dict[str, object] | None = None) -> HttpResponse:
    language = get_language() if get_language() in WRITTEN_IN else "pl"
    return render(request, f"pages/{language}/{name}.html", context)
