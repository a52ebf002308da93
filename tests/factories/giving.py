"""Donors at home: browsers with a session of their own, and what they fill in."""

import re
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from donors.sessions import COOKIE, start_session

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


def at_home(donor_id: int, *, since: datetime | None = None, strict: bool = False) -> Client:
    """A browser in which the donor is signed in. `strict`: with CSRF checks."""
    client = Client(enforce_csrf_checks=strict)
    client.cookies[COOKIE] = start_session(donor_id=donor_id, now=since or timezone.now())
    return client


def main_of(response: HttpResponse) -> str:
    """What a page itself holds, without header and footer."""
    return response.content.decode().split("<main")[1].split("</main>")[0]


def hidden_in(response: HttpResponse, *, form: int = -1) -> dict[str, str]:
    """The hidden fields of one of a page's forms; the last one is the page's own."""
    return dict(HIDDEN.findall(main_of(response).split("<form")[1:][form].split("</form>")[0]))


def send_form(client: Client, address: str, **typed: Any) -> HttpResponse:
    """Opens a page and sends its own form, as a browser does."""
    page = client.get(address)
    assert page.status_code == 200, (page.status_code, page.get("Location"))
    return client.post(address, {**hidden_in(page), **typed})
