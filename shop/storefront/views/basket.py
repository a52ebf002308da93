"""The basket: put in, change, take out."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from aid_packages.queries.pages import package_page
from shop.forms import basket as baskets
from shop.forms.fields import QuantityField
from shop.forms.names import name_in
from shop.forms.quantity import too_many
from shop.storefront.basket_page import BasketPage, Refused, basket_page
from shop.storefront.views.packages import show_package


@never_cache
@require_safe
def basket(request: HttpRequest) -> HttpResponse:
    """What the visitor has put in, at today's sums."""
    return _show(request, basket_page(ids=baskets.ids_in_cookie(request)))


# Exempt, because a page that is cached for every stranger can't carry a token of one. What the token would prove, the
# browser itself says here (Origin, Sec-Fetch-Site); where it says nothing, a page with a token asks once more.
@csrf_exempt
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Puts a package in, from a form without a token."""
    if is_same_origin(request):
        return _add(request)
    page = package_page(sku=name_in(request.POST.get("package", "")))
    if page is None:
        raise Http404
    return render(
        request, "pages/basket_confirm.html", {"page": page, "quantity": request.POST.get("quantity", "1")[:20]}
    )


@require_POST
def add_confirmed(request: HttpRequest) -> HttpResponse:
    """Puts a package in, from the page that asks once more, with its token."""
    return _add(request)


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Sets how many of a line (`line`, `quantity`), or takes it out (`remove`)."""
    ids = baskets.ids_in_cookie(request)
    line_id = _line_id(request)
    typed = "0" if "remove" in request.POST else request.POST.get("quantity", "")
    try:
        baskets.change_quantity(ids=ids, line_id=line_id, quantity=QuantityField(zero=True).clean(typed))
    except ValidationError as refused:
        return _show_refused(request, ids, line_id, typed, str(refused.messages[0]))
    except baskets.TooMany as refused:
        return _show_refused(request, ids, line_id, typed, too_many(refused.most))
    return redirect("storefront:basket")


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the browser says that one of our own pages sent this form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _add(request: HttpRequest) -> HttpResponse:
    ids = baskets.ids_in_cookie(request)
    slug = name_in(request.POST.get("package", ""))
    try:
        quantity = QuantityField().clean(request.POST.get("quantity", "1"))
        ids = baskets.add_to_basket(ids=ids, sku=slug.upper(), quantity=quantity)
    except baskets.UnknownPackage as unknown:
        raise Http404 from unknown
    except ValidationError as refused:
        return _refuse(request, slug, str(refused.messages[0]))
    except baskets.TooMany as refused:
        return _refuse(request, slug, too_many(refused.most))
    response = redirect("storefront:basket")
    baskets.keep_in_cookie(response, ids)
    return response


def _refuse(request: HttpRequest, slug: str, message: str) -> HttpResponse:
    """The package's page again, with the sentence at the quantity."""
    page = package_page(sku=slug)
    if page is None:
        raise Http404
    return show_package(request, page, quantity=request.POST.get("quantity", ""), error=message, status=400)


def _line_id(request: HttpRequest) -> int:
    """The line that the form names; 0, which no line has, for anything else."""
    typed = request.POST.get("line", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0


def _show_refused(request: HttpRequest, ids: list[int], line_id: int, typed: str, message: str) -> HttpResponse:
    """The basket as it is, with the sentence at its line."""
    return _show(
        request, basket_page(ids=ids, refused=Refused(line_id=line_id, typed=typed[:20], message=message)), 400
    )


def _show(request: HttpRequest, page: BasketPage, status: int = 200) -> HttpResponse:
    context = {"basket": page, "still_open": request.GET.get("still") == "open"}
    return render(request, "pages/basket.html", context, status=status)
