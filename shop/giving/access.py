"""Who may see a donor's own pages: whoever's browser holds a live session, and nobody else, staff included.

An object of another donor is answered as one that doesn't exist. Nothing here may be kept by a browser, a proxy or a
search engine.
"""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from donors import sessions, sign_in
from shop.giving.forms.sign_in import AddressForm

SEE_OTHER = 303
LONGEST_PATH = 200


def donor_of(request: HttpRequest, *, now: datetime) -> int | None:
    """The donor whose session this browser holds, or None. A sign of life for the session."""
    return sessions.current_donor(token=request.COOKIES.get(sessions.COOKIE), now=now)


def open_session(response: HttpResponseBase, session: sessions.NewSession) -> None:
    """Hands the browser the key to its session. It goes when the browser is closed, and works for no script."""
    _set_cookie(response, sessions.COOKIE, session.token, max_age=None)
    response.delete_cookie(sign_in.COOKIE, samesite="Lax")


def close_session(request: HttpRequest, response: HttpResponseBase) -> None:
    """Ends the session and takes its key away."""
    sessions.end_session(token=request.COOKIES.get(sessions.COOKIE))
    response.delete_cookie(sessions.COOKIE, samesite="Lax")


def keep_asking(response: HttpResponseBase, browser: str) -> None:
    """Marks the browser that asked for a link, for as long as the link lives."""
    _set_cookie(response, sign_in.COOKIE, browser, max_age=int(sign_in.LIFETIME.total_seconds()))


def own_path(path: str) -> str:
    """The path, if it is one of this site; else nothing. Nobody is led to a stranger's page after signing in."""
    local = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if local and path.isprintable() and len(path) <= LONGEST_PATH else ""


def absolute(path: str) -> str:
    """An address for the provider: from the settings, never from the Host header that a visitor sends."""
    return str(settings.SITE_URL).rstrip("/") + path


def see_other(address: str) -> HttpResponseRedirect:
    """To be fetched with GET, whatever was sent here."""
    return HttpResponseRedirect(address, status=SEE_OTHER)


def keep_private(response: HttpResponseBase) -> HttpResponseBase:
    """No copy stays anywhere, and no search engine lists it.

    The referrer policy stays the site's own, same-origin: no other site ever learns the address. "no-referrer" would
    make browsers send our forms with `Origin: null`, which is what CSRF protection refuses.
    """
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def crumbs(current: str, *between: tuple[str, str]) -> dict[str, Any]:
    """The way to a page below "my giving", for the component "breadcrumb": `crumbs` and `crumb`."""
    return {"crumbs": [(_("My giving"), reverse("giving:home")), *between], "crumb": current}


class PrivatePage(View):
    """A page that is kept nowhere."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        return keep_private(self.answer(request, *args, **kwargs))

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What stands here for this visitor."""
        return super().dispatch(request, *args, **kwargs)


class OwnPage(PrivatePage):
    """A page of the donor who is signed in: `self.donor_id`.

    Others are led to signing in and back. Where an address names an object (`names_object`), who never signed in here
    gets 404 with the way to sign in, the same for every number.
    """

    names_object = False

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        donor_id = donor_of(request, now=self.now)
        if donor_id is None:
            return self._without_session(request)
        self.donor_id = donor_id
        return super().answer(request, *args, **kwargs)

    def _without_session(self, request: HttpRequest) -> HttpResponse:
        expired = bool(request.COOKIES.get(sessions.COOKIE))
        wanted = own_path(request.get_full_path() if request.method in ("GET", "HEAD") else request.path)
        if self.names_object and not expired:
            form = AddressForm(initial={"next": wanted})
            return render(request, "pages/giving/sign_in.html", {"form": form, "needed": True}, status=404)
        query = {"next": wanted} | ({"because": "expired"} if expired else {})
        response = see_other(f"{reverse('giving:sign_in')}?{urlencode(query)}")
        if expired:
            response.delete_cookie(sessions.COOKIE, samesite="Lax")
        return response


def _set_cookie(response: HttpResponseBase, name: str, value: str, *, max_age: int | None) -> None:
    response.set_cookie(
        name, value, max_age=max_age, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
