"""Whole pages, kept for a few seconds for strangers.

A stranger is a visitor whose request carries no cookie at all: no basket, no form begun, no sign-in. Everyone of them
sees the same page, so it is made once in TTL_SECONDS. Whoever carries a cookie never meets this cache, and a response
that would set one (a form's token, a basket) is never kept; so nothing of one visitor can reach another.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

TTL_SECONDS = 2.0
"""How long a page is served from memory.

What staff change shows within 5 seconds, also behind a slow build of the page.
"""
MOST_PAGES = 512
LARGEST_BODY = 200_000
QUERY_WHITELIST = frozenset({"need", "every"})
"""Query parameters that a page may depend on. A request with any other one is answered without the cache."""
LONGEST_QUERY = 100
_NEVER = ("no-store", "private")
_DROPPED = frozenset({"content-length", "etag", "date"})

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was made, and until when it may be shown."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str
    fresh_until: float


class StrangersPageCache:
    """Middleware, placed first: a hit costs neither routing nor the other middlewares. One store for each process."""

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponse], clock: Callable[[], float] = time.monotonic
    ):
        self.get_response = get_response
        self.clock = clock
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = key_of(request)
        if key is None:
            return self.get_response(request)
        page = self._pages.get(key)
        if page is None or page.fresh_until <= self.clock():
            # The clock starts before the page is made: what changes while it is being made counts as late, not as
            # fresh.
            begun = self.clock()
            response = self.get_response(request)
            if request.method != "GET" or not may_be_kept(response):
                return response
            page = _page_of(response, fresh_until=begun + TTL_SECONDS)
            self._keep(key, page)
        return _answer(page, request)

    def _keep(self, key: Key, page: Page) -> None:
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)


def key_of(request: HttpRequest) -> Key | None:
    """What tells one page for strangers from another, or None when this request is not a stranger's."""
    meta = request.META
    if request.method not in ("GET", "HEAD") or meta.get("HTTP_COOKIE") or meta.get("HTTP_AUTHORIZATION"):
        return None
    query = meta.get("QUERY_STRING", "")
    if query and (len(query) > LONGEST_QUERY or not _whitelisted(query)):
        return None
    return (request.scheme or "http", meta.get("HTTP_HOST", ""), request.path, query)


def may_be_kept(response: HttpResponse) -> bool:
    """Whether the same bytes may be shown to every stranger."""
    if response.status_code != 200 or response.streaming or response.cookies:
        return False
    control = response.get("Cache-Control", "").lower()
    if any(word in control for word in _NEVER):
        return False
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return varies <= {"cookie"} and "Content-Encoding" not in response and len(response.content) <= LARGEST_BODY


def _whitelisted(query: str) -> bool:
    names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
    return bool(names) and QUERY_WHITELIST.issuperset(names)


def _page_of(response: HttpResponse, *, fresh_until: float) -> Page:
    body = response.content
    headers = {name: value for name, value in response.items() if name.lower() not in _DROPPED}
    # A browser may keep the page, but asks each time whether it still holds; a cookie makes it another page.
    headers.setdefault("Cache-Control", "no-cache")
    headers["Vary"] = "Cookie"
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    return Page(body=body, headers=(*headers.items(), ("ETag", etag)), etag=etag, fresh_until=fresh_until)


def _answer(page: Page, request: HttpRequest) -> HttpResponse:
    if page.etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response: HttpResponse = HttpResponseNotModified()
        for name, value in page.headers:
            if name != "Content-Type":
                response[name] = value
        return response
    response = HttpResponse(page.body if request.method == "GET" else b"")
    for name, value in page.headers:
        response[name] = value
    response["Content-Length"] = str(len(page.body))
    return response
