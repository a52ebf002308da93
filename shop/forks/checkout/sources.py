"""What the checkout is asked to give: the visitor's basket, or one package without a basket."""

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from aid_packages.queries.lines import BadQuantity, NotGivable, UnknownPackages, frozen_lines_for
from shop.forks.checkout import orders
from shop.forms import basket as baskets
from shop.forms.basket import product_of
from shop.forms.fields import QuantityField
from shop.forms.gift import Gift, lines_of
from shop.forms.names import name_in


def gift_of_package(request: HttpRequest) -> Gift | HttpResponse:
    """One package, as ?package=<slug>&quantity=<n> says. What can't be given leads back to the package's own page."""
    slug = name_in(request.GET["package"])
    try:
        quantity = QuantityField().clean(request.GET.get("quantity", "1"))
    except ValidationError:
        return _back_to_package(slug, quantity=request.GET.get("quantity", ""))
    product_id = product_of(slug)
    if product_id is None:
        return redirect("storefront:package", slug=slug)
    try:
        lines = lines_of(frozen_lines_for(items=[(product_id, quantity)]))
    except (BadQuantity, NotGivable, UnknownPackages):
        return _back_to_package(slug, quantity=str(quantity))
    query = urlencode({"package": slug.lower(), "quantity": quantity})
    page = f"{reverse('storefront:checkout')}?{query}"
    return Gift(lines=lines, page=page)


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
    return Gift(lines=lines, page=reverse("storefront:checkout"), basket=found)


def _back_to_package(slug: str, *, quantity: str) -> HttpResponse:
    address = reverse("storefront:package", kwargs={"slug": slug})
    return redirect(f"{address}?{urlencode({'quantity': quantity[:20]})}")
