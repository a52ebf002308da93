"""Signing in by mail, and out again. Whoever asks for a link gets the same page, whether the address is known or not."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from donors.sign_in import (
    COOKIE,
    LinkLook,
    NewSession,
    Refusal,
    ask_for_link,
    look_at_link,
    new_browser,
    sign_in_by_code,
    sign_in_by_link,
)
from shop.giving.access import PrivatePage, close_session, donor_of, keep_asking, open_session, own_path, see_other
from shop.giving.forms.sign_in import AddressForm, CodeForm

REASONS = frozenset({"expired", "signed-out", "erased"})
"""Why somebody may have been led here; the page has a word for each."""


class SignIn(PrivatePage):
    """The address: GET shows the form, POST asks for the mail."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = own_path(request.GET.get("next", ""))
        if donor_of(request, now=self.now) is not None:
            return see_other(wanted or reverse("giving:home"))
        because = request.GET.get("because", "")
        context = {"form": AddressForm(initial={"next": wanted}), "because": because if because in REASONS else ""}
        return render(request, "pages/giving/sign_in.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AddressForm(request.POST)
        if not form.is_valid():
            return render(request, "pages/giving/sign_in.html", {"form": form}, status=422)
        browser = request.COOKIES.get(COOKIE) or new_browser()
        ask_for_link(
            email=form.cleaned_data["email"],
            next_path=own_path(form.cleaned_data["next"]),
            language=get_language() or "pl",
            browser=browser,
            now=self.now,
        )
        response = see_other(reverse("giving:sign_in_sent"))
        keep_asking(response, browser)
        return response


class SignInSent(PrivatePage):
    """Look into your mail; and the code, for who reads mail in another app."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if COOKIE not in request.COOKIES:
            return see_other(reverse("giving:sign_in"))
        return _show_code(request, CodeForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = CodeForm(request.POST)
        if not form.is_valid():
            return _show_code(request, form)
        found = sign_in_by_code(code=form.cleaned_data["code"], browser=request.COOKIES.get(COOKIE, ""), now=self.now)
        if isinstance(found, NewSession):
            return _let_in(request, found)
        form.add_error("code", _refused(found))
        return _show_code(request, form)


class SignInLink(PrivatePage):
    """Under the mailed link: GET shows a button and changes nothing, since mail scanners open links; POST lets in."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        look = look_at_link(token=token, browser=request.COOKIES.get(COOKIE, ""), now=self.now)
        return _show_link(request, look)

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        found = sign_in_by_link(token=token, browser=request.COOKIES.get(COOKIE, ""), now=self.now)
        if isinstance(found, NewSession):
            return _let_in(request, found)
        return _show_link(request, LinkLook.OTHER_BROWSER if found is Refusal.OTHER_BROWSER else LinkLook.GONE)


class SignOut(PrivatePage):
    """Ends the session of this browser."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = see_other(f"{reverse('giving:sign_in')}?because=signed-out")
        close_session(request, response)
        return response


def _let_in(request: HttpRequest, session: NewSession) -> HttpResponseBase:
    response = see_other(own_path(session.next_path) or reverse("giving:home"))
    open_session(response, session)
    rotate_token(request)
    return response


def _show_code(request: HttpRequest, form: CodeForm) -> HttpResponse:
    return render(request, "pages/giving/sign_in_sent.html", {"form": form}, status=422 if form.errors else 200)


def _show_link(request: HttpRequest, look: LinkLook) -> HttpResponse:
    status = 404 if look is LinkLook.GONE else 200
    return render(request, "pages/giving/sign_in_link.html", {"look": look.value}, status=status)


def _refused(refusal: Refusal) -> str:
    if refusal is Refusal.WRONG_CODE:
        return _("This is not the code from the newest mail. Please look again.")
    if refusal is Refusal.TOO_MANY_TRIES:
        return _("That was one try too many for this code. Use the link in the mail, or ask for a new mail.")
    return _("This code can’t be used any more. Ask for a new mail.")
