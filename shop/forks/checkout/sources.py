"""What the checkout is asked to give: the visitor's basket, or one package without a basket."""

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from aid_packages.queries.lines import BadQuantity, NotGivable, UnknownPackages, frozen_lines_for
from aid_packages.queries.pages import package_page
from shop.forks.checkout import orders
from shop.forms import basket as baskets
from shop.forms.fields import QuantityField
from shop.forms.gift import Gift, lines_of


def gift_of_package(request: HttpRequest) -> Gift | HttpResponse:
    """One package, as ?package=<slug>&quantity=<n> says. What can't be given leads back to the package's own page."""
    slug = request.GET["package"][:80]
    try:
        quantity = QuantityField().clean(request.GET.get("quantity", "1"))
    except ValidationError:
        return _back_to_package(slug, quantity=request.GET.get("quantity", ""))
    found = package_page(sku=slug)
    if found is None:
        return redirect("storefront:package", slug=_safe(slug))
    try:
        lines = lines_of(frozen_lines_for(items=[(found.package.product_id, quantity)]))
    except (BadQuantity, NotGivable, UnknownPackages):
        return _back_to_package(slug, quantity=str(quantity))
    query = urlencode({"package": found.package.slug, "quantity": quantity})
    page = f"{reverse('storefront:checkout')}?{query}"
    return Gift(lines=lines, page=page, sku=found.package.sku)


def gift_of_basket(request: HttpRequest) -> Gift | None:
    """The visitor's basket; a frozen one as long as its order awaits payment. None when it can't be given as it is.

    The basket page, to which the visitor is then led, says at each line what is the matter.
    """
    found = baskets.find_basket(ids=baskets.ids_in_cookie(request))
    if found is None or not found.lines:
        return None
    if found.frozen and orders.awaiting_number(basket_id=found.basket_id) is None:
        return None
    try:
        lines = lines_of(frozen_lines_for(items=found.items))
    except (BadQuantity, NotGivable, UnknownPackages):
        return None
    return Gift(lines=lines, page=reverse("storefront:checkout"), basket_id=found.basket_id)


def _back_to_package(slug: str, *, quantity: str) -> HttpResponse:
    address = reverse("storefront:package", kwargs={"slug": _safe(slug)})
    return redirect(f"{address}?{urlencode({'quantity': quantity[:20]})}")


def _safe(slug: str) -> str:
    """The slug as an address can hold it; whatever else was typed becomes a name that no package has."""
    return "".join(letter for letter in slug if letter.isascii() and (letter.isalnum() or letter in "-_")) or "-"
