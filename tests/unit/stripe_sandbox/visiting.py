"""The hosted pages over plain HTTP, as a browser without JavaScript would see them."""

import html
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

from tests.factories.stripe_sandbox import PAYS


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Page:
    """What came back: status, text without tags, and where it leads."""

    status: int
    source: str
    location: str | None

    @property
    def text(self) -> str:
        return html.unescape(re.sub(r"<[^>]+>", " ", self.source))


def visit(url: str, form: dict[str, str] | None = None, language: str = "") -> Page:
    data = None if form is None else urllib.parse.urlencode(form).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)
    request = urllib.request.Request(url, data=data, headers={"Accept-Language": language})
    try:
        with opener.open(request, timeout=60) as response:
            return Page(response.status, response.read().decode(), None)
    except urllib.error.HTTPError as error:
        with error:
            return Page(error.code, error.read().decode(), error.headers["Location"])


def card_form(number: str = PAYS, **changes: str) -> dict[str, str]:
    typed = {"method": "card", "email": "anna@example.org", "number": number, "expiry": "12 / 49", "cvc": "123"}
    return {**typed, **changes}
