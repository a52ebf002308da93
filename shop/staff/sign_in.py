"""Signing in to the desk, and how often one may try.

No network address is kept, so attempts are counted for the name that was typed and for everybody together. That alone
would let a stranger lock somebody out by failing in their name: so a browser from which a name has signed in before
carries a signed cookie that says so, and its attempts are counted apart. Whoever has such a browser never meets a limit
that strangers have filled. The counts are shared by all processes and gone within minutes; on a disk they never are.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core import signing
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from oscar.apps.dashboard.views import LoginView

WINDOW_SECONDS = 10 * 60
"""For how long a failed attempt counts, from the first of its window on: nobody waits longer."""
ONE_NAME = 10
"""Failed attempts at one name from browsers that it never signed in from, whether anybody is called so or not."""
EVERYBODY = 100
"""Failed attempts of all those browsers at all names."""
KNOWN_BROWSER = 10
"""Failed attempts from one browser that the name has signed in from."""
COOKIE = "desk_browser"
COOKIE_SECONDS = 180 * 24 * 3600
_SALT = "desk browser"


@dataclass(frozen=True)
class Count:
    """One counter, and how far it may go."""

    name: str
    most: int

    def take(self) -> bool:
        """Counts one attempt before the password is looked at, so that twenty at once are twenty. False: one too many."""
        counts = caches["counts"]
        counts.add(self.name, 0, timeout=WINDOW_SECONDS)
        try:
            return bool(counts.incr(self.name) <= self.most)
        except ValueError:  # its window ended between the two lines
            counts.set(self.name, 1, timeout=WINDOW_SECONDS)
            return True

    def give_back(self) -> None:
        """The attempt was right: it is no failure."""
        try:
            caches["counts"].decr(self.name)
        except ValueError:  # its window has ended
            return


class LimitedForm(AuthenticationForm):
    """Name and password. Past a limit the password is not looked at, and the answer is the same for every name."""

    error_messages = AuthenticationForm.error_messages | {
        "too_many": _("Too many attempts. Wait ten minutes and try again; a right password doesn't help until then.")
    }

    def clean(self) -> dict[str, object]:
        """Raises ValidationError `too_many` past a limit, `invalid_login` for a name or password that isn't right."""
        name = self.cleaned_data.get("username", "")
        counts = counts_of(name=name, cookie=self.request.COOKIES.get(COOKIE, "") if self.request else "")
        # Each is counted in any case: who is over one limit doesn't save the other.
        taken = [count.take() for count in counts]
        if not all(taken):
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        cleaned: dict[str, object] = super().clean()
        if self.user_cache is not None:
            for count in counts:
                count.give_back()
        return cleaned


class SignIn(LoginView):
    """Oscar's page with our limits."""

    authentication_form = LimitedForm

    def form_valid(self, form: LimitedForm) -> HttpResponse:
        """Signs in, and remembers that the name did so from this browser."""
        answer = super().form_valid(form)
        _remember(answer, name=form.get_user().get_username())
        return answer

    def form_invalid(self, form: LimitedForm) -> HttpResponse:
        """The page again; 429 past a limit."""
        answer = super().form_invalid(form)
        if form.has_error("__all__", "too_many"):
            answer.status_code = 429
            answer["Retry-After"] = str(WINDOW_SECONDS)
        return answer

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context: dict[str, object] = super().get_context_data(**kwargs)
        form = context["form"]
        assert isinstance(form, AuthenticationForm)
        context["too_many"] = form.is_bound and form.has_error("__all__", "too_many")
        return context


def counts_of(*, name: str, cookie: str) -> list[Count]:
    """What an attempt at this name is counted under."""
    known = _known_browser(cookie, name=name)
    if known:
        return [Count(f"desk:browser:{_hashed(known)}", KNOWN_BROWSER)]
    return [Count(f"desk:name:{_hashed(name)}", ONE_NAME), Count("desk:everybody", EVERYBODY)]


def _known_browser(cookie: str, *, name: str) -> str:
    """The browser's own number, if that name has signed in from it; else nothing."""
    try:
        told = signing.loads(cookie, salt=_SALT, max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        return ""
    if not hmac.compare_digest(str(told["name"]), _hashed(name)):
        return ""
    return str(told["browser"])


def _remember(answer: HttpResponse, *, name: str) -> None:
    told = {"name": _hashed(name), "browser": secrets.token_urlsafe(16)}
    answer.set_cookie(
        COOKIE,
        signing.dumps(told, salt=_SALT),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _hashed(text: str) -> str:
    """Neither the cookie nor the counts tell who works here."""
    key = f"{_SALT}{settings.SECRET_KEY}".encode()
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
