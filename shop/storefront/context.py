"""What every template may need: the page in the other languages, the visitor's basket, whether this is the demo."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from shop.forms.basket import COOKIE, count_items

NATIVE_NAMES = {"pl": "Polski", "en": "English"}


def page(request: HttpRequest) -> dict[str, object]:
    """`other_languages` ([(code, name, url)]), `basket_count` (None without a basket's cookie), `demo`, `donee`, and
    `contact_email`.
    """
    return {
        "other_languages": SimpleLazyObject(lambda: other_languages(request)),
        "basket_count": count_items(request) if COOKIE in request.COOKIES else None,
        "demo": settings.DEMO,
        "donee": settings.DONEE,
        "contact_email": settings.DONEE.get("email") or settings.STAFF_EMAIL,
    }


def other_languages(request: HttpRequest) -> list[tuple[str, str, str]]:
    """The address of this very page in each other language; what was asked for (?need=...) stays."""
    address = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    return [
        (code, NATIVE_NAMES.get(code, code), translate_url(address, code))
        for code, _ in settings.LANGUAGES
        if code != get_language()
    ]
