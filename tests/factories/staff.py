"""People at the desk: they open pages, read the hidden fields of a form, and send it, as a browser does."""

import html
import re
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.test import Client

from core.models import User

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


@dataclass
class Seat:
    """Somebody at the desk, in English."""

    user: User
    client: Client

    def get(self, path: str, *, language: str = "en", **query: Any) -> HttpResponse:
        """A page of the desk: `allocations/`."""
        return self.client.get(f"/{language}/dashboard/desk/{path}", query)

    def text(self, path: str, **query: Any) -> str:
        """What a page says, as text."""
        return read(self.get(path, **query))

    def act(self, path: str, act: str, *, language: str = "en", **typed: Any) -> HttpResponse:
        """Sends the form of an act as the page offers it; `typed` also overrides hidden fields. Fails if it isn't offered."""
        hidden = self.hidden(path, act)
        return self.send(path, {**hidden, **{f"{act}-{name}": value for name, value in typed.items()}}, language)

    def hidden(self, path: str, act: str) -> dict[str, str]:
        """The hidden fields of an act's form."""
        page = self.get(path).content.decode()
        found = re.search(rf'<details[^>]*id="act-{re.escape(act)}".*?</details>', page, re.DOTALL)
        assert found, f"{path} does not offer {act}"
        return dict(HIDDEN.findall(found.group()))

    def offers(self, path: str) -> list[str]:
        """The acts that a page offers."""
        return re.findall(r'id="act-([^"]+)"', self.get(path).content.decode())

    def send(self, path: str, fields: dict[str, Any], language: str = "en") -> HttpResponse:
        """A bare POST."""
        return self.client.post(f"/{language}/dashboard/desk/{path}", fields)


def make_member(username: str, *groups: str) -> User:
    """Somebody of the staff, in these groups."""
    user = User.objects.get_or_create(username=username)[0]
    user.is_staff = True
    user.save()
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def sign_in(user: User, *, left: bool = False) -> Seat:
    """A signed-in browser; with `left`, of somebody whose account was closed since."""
    client = Client()
    client.force_login(user)
    if left:
        User.objects.filter(pk=user.pk).update(is_active=False)
    return Seat(user, client)


def read(answer: HttpResponse) -> str:
    """A page's text without its marks, spaces made one."""
    page = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", answer.content.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def beside(answer: HttpResponse, field: str) -> str:
    """The error that stands beside a field."""
    found = re.search(rf'id="id_{re.escape(field)}_error">(.*?)<', answer.content.decode())
    return " ".join(html.unescape(found[1]).split()) if found else ""
