"""What a whole gift leaves behind, from the form to the mail: nothing readable, in any table, log, cookie or session."""

import base64
import logging
from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection, models
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from payments.models import Donation, Receipt
from stripe_sandbox.testing import Client as Sandbox
from tests.factories.donors import CANARY_COMPANY, CANARY_DEDICATEE, CANARY_DEDICATEE_EMAIL, CANARY_EMAIL, CANARY_NAME
from tests.factories.payments import deliver_all
from tests.factories.shop import give, session_of

TYPED = {
    "email": CANARY_EMAIL,
    "name": CANARY_NAME,
    "company_name": CANARY_COMPANY,
    "nip": "5260250274",
    "recipient_name": CANARY_DEDICATEE,
    "recipient_email": CANARY_DEDICATEE_EMAIL,
    "message": "Kanarkowa wiadomość",
}
ADDRESS_OF_THE_VISITOR = "192.0.2.77"
BROWSER = "Kanarkowa-Przeglądarka/1.0".encode().decode("latin-1")


def found_in(text: str) -> list[str]:
    """Which of the donor's words, or of the visitor's traces, stand in a text."""
    return [word for word in (*TYPED.values(), ADDRESS_OF_THE_VISITOR, BROWSER) if word.lower() in text.lower()]


def everything_stored() -> Iterator[tuple[str, str]]:
    """Every row of every table as text, its bytes decoded."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                cells = (
                    bytes(c).decode("utf-8", "replace") if isinstance(c, bytes | memoryview) else str(c) for c in row
                )
                yield table, "\n".join(cells)


@pytest.fixture
def given(
    paying_shop: Sandbox,
    visitor: Client,
    run_hints: Callable[[], int],
    caplog: pytest.LogCaptureFixture,
    settings: Settings,
) -> tuple[Client, str]:
    """A gift with everything typed, paid, told by webhook and mailed; the browser, and all that was logged meanwhile."""
    caplog.set_level(logging.DEBUG)
    settings.STRIPE_WEBHOOK_SECRETS = [paying_shop.webhook_secret]
    visitor.defaults |= {"REMOTE_ADDR": ADDRESS_OF_THE_VISITOR, "HTTP_X_FORWARDED_FOR": ADDRESS_OF_THE_VISITOR}
    visitor.defaults["HTTP_USER_AGENT"] = BROWSER
    paying_shop.pay(session_of(give(visitor, "/en/give/checkout/?package=warm-night&quantity=2", **TYPED)))
    deliver_all(sandbox=paying_shop, now=timezone.now())
    run_hints()
    assert visitor.get(f"/en/thank-you/{Donation.objects.get().token}/").status_code == 200
    run_hints()
    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    return visitor, logged


def test_no_table_holds_a_readable_word(given: tuple[Client, str]) -> None:
    assert Receipt.objects.exists()
    assert mail.outbox
    assert [(table, found_in(row)) for table, row in everything_stored() if found_in(row)] == []


def test_donors_have_no_session_and_their_cookies_say_nothing(given: tuple[Client, str]) -> None:
    browser, _logged = given
    assert not Session.objects.exists()
    assert "sessionid" not in browser.cookies
    for cookie in browser.cookies.values():
        decoded = base64.urlsafe_b64decode(cookie.value + "===").decode("utf-8", "replace")
        assert found_in(cookie.value + decoded) == [], cookie.key


def test_no_log_holds_a_word_nor_where_somebody_came_from(given: tuple[Client, str]) -> None:
    _browser, logged = given
    assert "urllib3" in logged, "what libraries log was read as well"
    assert found_in(logged) == []


def test_a_stored_word_would_be_noticed(paying_shop: Sandbox) -> None:
    """The negative control: in plain text, and as bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO donors_checkoutdraft (token_hash, content, written_at, expires_at) VALUES ('x', %s, now(), now())",
            [CANARY_NAME.encode()],
        )
    assert [table for table, row in everything_stored() if found_in(row)] == ["donors_checkoutdraft"]


def test_no_model_has_a_place_for_an_address_of_a_visitor() -> None:
    """Ours, Django's and Oscar's alike."""
    every = apps.get_models(include_auto_created=True)
    assert len(every) > 50
    assert not [
        f"{model._meta.label}.{field.name}"
        for model in every
        for field in model._meta.get_fields()
        if isinstance(field, models.GenericIPAddressField) or field.name in {"ip", "ip_address", "user_agent"}
    ]
