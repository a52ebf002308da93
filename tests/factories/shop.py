"""Visitors for tests: they read a page's hidden fields and send its form, as a browser does."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
EMAIL = "zofia@example.org"


def put_in_basket(client: Client, slug: str, quantity: object = 1, *, language: str = "en") -> HttpResponse:
    """Sends the package page's form, the way to the basket."""
    return client.post(f"/{language}/basket/add/", {"package": slug, "quantity": str(quantity)})


def hidden_fields(response: HttpResponse, *, of: str = 'name="attempt"') -> dict[str, str]:
    """The hidden fields of the page's form that gives."""
    page = response.content.decode()
    form = next(part for part in page.split("<form")[1:] if of in part).split("</form>")[0]
    return dict(HIDDEN.findall(form))


def give(client: Client, address: str, **typed: Any) -> HttpResponse:
    """Opens the page on which a gift is given, and sends its form; `typed` also overrides hidden fields."""
    page = client.get(address)
    assert page.status_code == 200, (page.status_code, page.get("Location"))
    return send(client, address, hidden_fields(page), **typed)


def send(client: Client, address: str, hidden: dict[str, str], **typed: Any) -> HttpResponse:
    """Sends the form with these hidden fields."""
    return client.post(address, {"email": EMAIL, **hidden, **typed})


def session_of(response: HttpResponse) -> str:
    """The id of the payment page that the visitor is led to."""
    found = re.search(r"cs_test_\w+", response["Location"])
    assert found, response["Location"]
    return found.group()
