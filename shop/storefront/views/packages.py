"""One package."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aid_packages.queries.cards import PackagePage
from aid_packages.queries.pages import package_page
from shop.forms.quantity import refusal_of
from shop.storefront.composition import composition_of


@require_safe
def package(request: HttpRequest, slug: str) -> HttpResponse:
    """What is inside, what it adds up to, and the two ways on.

    `?quantity=` comes back here when it couldn't be taken.
    """
    page = package_page(sku=slug)
    if page is None:
        raise Http404
    typed = request.GET.get("quantity")
    error = refusal_of(typed, limit=page.package.limit) if typed is not None else ""
    return show_package(request, page, quantity=typed if typed is not None else "1", error=error)


def show_package(
    request: HttpRequest, page: PackagePage, *, quantity: str, error: str = "", status: int = 200
) -> HttpResponse:
    """The package's page, with what was typed as its quantity and what is the matter with that."""
    context = {
        "page": page,
        "composition": composition_of(page.items),
        "quantity": quantity[:20],
        "quantity_errors": [error] if error else [],
    }
    return render(request, "pages/package.html", context, status=status)
