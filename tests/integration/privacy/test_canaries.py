"""A donor with unmistakable words lives through everything that the shop does; then they are looked for everywhere else.

Where such words may be is a table, tests/integration/privacy/places.py: each is encrypted or hashed there. They may be
nowhere in logs, hints to the broker, the cache, cookies, errors, health pages, reports, or what another donor is shown.
"""

import base64
import html
import json
import logging
import re
import smtplib
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from core import queue
from core.models import User
from core.periods import period_of
from donors import operations
from donors.bulk import BulkQuery, read_in_bulk
from donors.mails import transport
from donors.operations.send_mails import BACK_OFF
from donors.queries import find_donor
from donors.staff_view import reveal_contact
from stripe_sandbox.testing import Client as Sandbox
from tests.factories.donors import (
    CANARY_ADDRESS,
    CANARY_COMPANY,
    CANARY_DEDICATEE,
    CANARY_DEDICATEE_EMAIL,
    CANARY_EMAIL,
    CANARY_MESSAGE,
    CANARY_NAME,
    CANARY_NIP,
)
from tests.factories.payments import deliver_all
from tests.factories.shop import give, session_of
from tests.factories.transparency import make_published, make_staff
from tests.integration.privacy.places import NO_PERSONAL_DATA, ONLY_UNDER_WAY, PLACES
from transparency.models import ReportKind

NEIGHBOUR = "sasiad@example.org"
VISITOR = "192.0.2.77"
BROWSER = "Kanarkowy-Browser/1.0"
TYPED = {
    "email": CANARY_EMAIL,
    "name": CANARY_NAME,
    "company_name": CANARY_COMPANY,
    "nip": CANARY_NIP,
    "recipient_name": CANARY_DEDICATEE,
    "recipient_email": CANARY_DEDICATEE_EMAIL,
    "message": CANARY_MESSAGE,
}
CANARIES = (*TYPED.values(), CANARY_ADDRESS, VISITOR, BROWSER)
GIVING = "/en/my-giving/"
PAGES = ("", "details/", "mails/", "cards/", "statements/", "privacy/", "privacy/export/page/", "privacy/export/")
FILE = "/en/give/checkout/?package=warm-night&quantity=2"


@dataclass
class Left:
    """What the life of the donor left behind outside the database."""

    home: Client
    """The donor's own browser, signed in."""
    own: list[str] = field(default_factory=list)
    """Pages that the donor saw."""
    others: dict[str, str] = field(default_factory=dict)
    """What others saw, by where."""
    hints: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    """Places that held something at some moment."""


def found_in(text: str) -> list[str]:
    """Which words stand in a text: as they are, escaped as in HTML or JSON, or in base64."""
    lower = text.lower()
    return [word for word in CANARIES if any(form in lower for form in _forms(word))]


def _forms(word: str) -> set[str]:
    encoded = {base64.b64encode((b" " * shift) + word.encode()).decode()[4:-4] for shift in range(3)}
    plain = {word, json.dumps(word)[1:-1], word.encode().hex()}
    return {form.lower() for form in plain} | {part.lower() for part in encoded if len(part) > 12}


def rows() -> Iterator[tuple[str, str, bytes | str]]:
    """Every value of every column of every table."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(columns, row, strict=True):
                    if value is not None:
                        yield table, name, bytes(value) if isinstance(value, bytes | memoryview) else str(value)


def look(left: Left) -> list[tuple[str, list[str]]]:
    """Which columns hold a readable word now; notes the places that hold something."""
    readable = []
    for table, column, value in rows():
        place = f"{table}.{column}"
        if place in PLACES:
            left.seen.add(place)
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if found := found_in(text):
            readable.append((place, found))
    return readable


def sign_in(browser: Client, *, email: str, run_hints: Callable[[], int]) -> None:
    browser.post(f"{GIVING}sign-in/", {"email": email, "next": ""})
    browser.post(f"{GIVING}sign-in/sent/", {"code": "000000"})
    run_hints()
    link = re.search(r"https?://\S+/sign-in/link/\S+/", str(mail.outbox[-1].body))
    assert link
    assert browser.post(urlsplit(link.group()).path).status_code == 303


def page(response: HttpResponse) -> str:
    return f"{response.headers} {response.content.decode()}"


def a_gift(sandbox: Sandbox, browser: Client, run_hints: Callable[[], int], **typed: str) -> None:
    sandbox.pay(session_of(give(browser, FILE, **typed)))
    deliver_all(sandbox=sandbox, now=timezone.now())
    run_hints()


def at_home(left: Left) -> None:
    """What the donor does at home."""
    details = {"name": CANARY_NAME, "company_name": CANARY_COMPANY, "nip": CANARY_NIP, "address": CANARY_ADDRESS}
    assert left.home.post(f"{GIVING}details/", {**details, "language": "en"}).status_code == 303
    left.home.post(f"{GIVING}details/", {**details, "nip": "not a NIP", "language": "en"})
    left.home.post(f"{GIVING}mails/", {"receipts_each": "on"})
    left.own += [page(left.home.get(f"{GIVING}{path}")) for path in PAGES]


def among_staff(left: Left, donor_id: int) -> None:
    """What staff do with the donor; a report is published."""
    ada, bartek = make_staff("ada"), make_staff("bartek")
    boss = User.objects.create_superuser(username="boss")
    now = timezone.now()
    reveal_contact(donor_id=donor_id, actor=boss, reason="asked on the phone", now=now)
    operations.resend_sign_in(donor_id=donor_id, actor=boss, reason="asked on the phone", now=now)
    for query in BulkQuery:
        read_in_bulk(query=query, actor=boss, reason="planning", now=now)
    make_published(ada=ada, bartek=bartek, kind=ReportKind.TO_DATE, period=period_of(now), at=now)


def seen_by_others(left: Left, neighbour: Client, neighbour_id: int) -> None:
    """What another donor, and anybody, is shown."""
    stranger = Client(raise_request_exception=False)
    for path in PAGES:
        left.others[f"neighbour {path}"] = page(neighbour.get(f"{GIVING}{path}"))
    left.others["neighbour's export"] = json.dumps(operations.export_donor(donor_id=neighbour_id), ensure_ascii=False)
    for path in ("/healthz", "/readyz", "/en/", "/en/reports/", "/en/nowhere/", f"{GIVING}sign-in/link/none/"):
        left.others[f"anybody {path}"] = page(stranger.get(path, follow=True))
    for path in (f"{GIVING}sign-in/", FILE, "/payments/webhook/"):
        left.others[f"junk at {path}"] = page(stranger.post(path, {"email": "\x00", "junk": "\u202e"}))


@pytest.fixture
def left(
    paying_shop: Sandbox,
    visitor: Client,
    run_hints: Callable[[], int],
    caplog: pytest.LogCaptureFixture,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Left:
    """The donor gives with everything typed, gets mail, comes home, looks at everything; a neighbour does the same."""
    # Celery sets Django up anew before it runs tasks, which would take the handler away that listens here.
    monkeypatch.setattr("django.setup", lambda: None)
    caplog.set_level(logging.DEBUG)
    settings.STRIPE_WEBHOOK_SECRETS = [paying_shop.webhook_secret]
    traces = {"REMOTE_ADDR": VISITOR, "HTTP_X_FORWARDED_FOR": VISITOR, "HTTP_USER_AGENT": BROWSER}
    visitor.defaults |= traces
    left = Left(home=Client(**traces))
    note_hints(left, monkeypatch)

    paying_shop.pay(session_of(give(visitor, FILE, **TYPED)))
    assert look(left) == []
    with monkeypatch.context() as broken:
        broken.setattr(transport, "get_connection", Refusing)
        deliver_all(sandbox=paying_shop, now=timezone.now())
        run_hints()
    operations.send_due_mails(now=timezone.now() + BACK_OFF[0])
    neighbour = Client()
    a_gift(paying_shop, Client(headers={"sec-fetch-site": "same-origin"}), run_hints, email=NEIGHBOUR)

    left.home.post(f"{GIVING}sign-in/", {"email": CANARY_EMAIL, "next": ""})
    assert look(left) == []
    run_hints()
    sign_in(left.home, email=CANARY_EMAIL, run_hints=run_hints)
    sign_in(neighbour, email=NEIGHBOUR, run_hints=run_hints)
    at_home(left)
    donor_id, neighbour_id = find_donor(email=CANARY_EMAIL), find_donor(email=NEIGHBOUR)
    assert donor_id
    assert neighbour_id
    operations.queue_mail(
        kind="staff_notice", key="n", address="staff@example.org", context={"title": "", "text": ""}, now=timezone.now()
    )
    among_staff(left, donor_id)
    seen_by_others(left, neighbour, neighbour_id)
    return left


def note_hints(left: Left, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps every message to the broker, besides letting it be run."""
    send = queue.send

    def noting(name: str, *args: int | str) -> None:
        left.hints.append(f"{name} {args!r}")
        send(name, *args)

    monkeypatch.setattr("core.queue.send", noting)


class Refusing:
    """A mail server that quotes whom it refuses."""

    def __init__(self, **options: object) -> None:
        pass

    def send_messages(self, messages: list[EmailMessage]) -> None:
        raise smtplib.SMTPDataError(451, f"4.7.1 {messages[0].to} {messages[0].body}".encode())


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that was logged, at every level, with what exceptions say."""
    parts = []
    for record in caplog.get_records("setup") + caplog.get_records("call"):
        parts.append(f"{record.getMessage()} {vars(record)}")
        if record.exc_info and record.exc_info[0]:
            parts.append("".join(traceback.format_exception(*record.exc_info)))
    return "\n".join(parts)


@pytest.mark.django_db
def test_every_column_of_bytes_is_known() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'bytea'"
        )
        columns = {row[0] for row in cursor.fetchall()}
    assert columns == set(PLACES) | set(NO_PERSONAL_DATA)


def test_the_words_of_a_donor_are_nowhere_but_where_the_table_says(
    left: Left, caplog: pytest.LogCaptureFixture
) -> None:
    assert look(left) == []
    assert set(PLACES) - left.seen == set(ONLY_UNDER_WAY), "each place was looked at while it held something"
    assert found_in(logged(caplog)) == []
    assert {"mail_delayed", "mail_sent"} <= set(re.findall(r"mail_\w+", logged(caplog))), "it was listened to the end"
    assert {place: found_in(text) for place, text in left.others.items() if found_in(text)} == {}
    assert left.hints
    assert [hint for hint in left.hints if found_in(hint)] == []
    assert [key for key, value in cache._cache.items() if found_in(value.decode("utf-8", "replace"))] == []
    assert [c.key for c in left.home.cookies.values() if found_in(c.value + unpacked(c.value))] == []

    own = "\n".join(left.own)
    assert set(found_in(html.unescape(own))) >= {CANARY_NAME, CANARY_EMAIL, CANARY_DEDICATEE, CANARY_ADDRESS}, (
        "only here"
    )
    assert "neighbour's export" in left.others
    assert NEIGHBOUR in left.others["neighbour's export"]


def unpacked(value: str) -> str:
    return base64.urlsafe_b64decode(re.sub(r"[^\w-]", "", value) + "===").decode("utf-8", "replace")


@pytest.mark.parametrize(
    "text",
    [
        f"<p>{CANARY_NAME}</p>",
        json.dumps({"message": CANARY_MESSAGE}),
        CANARY_EMAIL.upper(),
        CANARY_EMAIL.encode().hex(),
        base64.b64encode(f"x{CANARY_DEDICATEE_EMAIL}y".encode()).decode(),
    ],
    ids=["plain", "JSON", "capitals", "hexadecimal", "base64"],
)
def test_a_word_would_be_found(text: str) -> None:
    """The control of the above."""
    assert found_in(text)


@pytest.mark.django_db
@pytest.mark.parametrize("value", [CANARY_NAME.encode(), CANARY_COMPANY.encode()])
def test_a_word_in_a_column_would_be_found(value: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO donors_checkoutdraft (token_hash, content, written_at, expires_at) VALUES ('x', %s, now(), now())",
            [value],
        )
    assert [place for place, _words in look(Left(home=Client()))] == ["donors_checkoutdraft.content"]
