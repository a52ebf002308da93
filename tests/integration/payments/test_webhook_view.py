"""The webhook's address: real notices are stored once; junk of every kind is refused and never a 500."""

import json
from typing import Any

import pytest
import stripe
from django.test import Client as Browser
from pytest_django import Settings

from payments.models import ProviderEvent
from tests.factories.time import NOW

pytestmark = pytest.mark.django_db

SECRET = "whsec_of_now"
NEXT_SECRET = "whsec_of_the_rotation"
ADDRESS = "/webhooks/stripe/"


@pytest.fixture(autouse=True)
def _secrets(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET, NEXT_SECRET]
    settings.STRIPE_ACCOUNT = "acct_of_the_store"


def event(**changed: Any) -> dict[str, Any]:
    return {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "created": 1_700_000_000,
        "livemode": False,
        "data": {"object": {"id": "cs_test_1", "object": "checkout.session"}},
        **changed,
    }


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between a notice's signing and its arrival no second ends."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def send(body: bytes, *, secret: str = SECRET, age: int = 0, signature: str | None = None) -> int:
    if signature is None:
        text = body.decode("utf-8", "replace")
        stamp = int(NOW.timestamp()) - age
        signature = stripe.WebhookSignature.generate_signature_header(text, secret, timestamp=stamp)
    browser = Browser(enforce_csrf_checks=True)
    answer = browser.post(ADDRESS, body, content_type="application/json", headers={"Stripe-Signature": signature})
    return answer.status_code


def encoded(**changed: Any) -> bytes:
    return json.dumps(event(**changed)).encode()


@pytest.mark.parametrize("secret", [SECRET, NEXT_SECRET])
def test_a_real_notice_is_stored_with_either_secret(secret: str) -> None:
    assert send(encoded(), secret=secret) == 200
    stored = ProviderEvent.objects.get()
    assert (stored.ref, stored.topic, stored.object_ref) == ("evt_1", "checkout", "cs_test_1")


def test_a_duplicate_is_acknowledged_and_stored_once() -> None:
    assert [send(encoded()), send(encoded())] == [200, 200]
    assert ProviderEvent.objects.count() == 1


def test_an_event_of_our_own_account_is_taken() -> None:
    assert send(encoded(account="acct_of_the_store")) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"junk",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"event"',
        b"{}",
        b"[" * 50_000,
        b'{"object": "event"}',
        encoded(data=None),
        encoded(data={"object": None}, id="not-an-event"),
        encoded(created="yesterday"),
        encoded(id=None),
        encoded(id="evt_\x00"),
        encoded(id="evt_" + "x" * 200),
        encoded(type=["checkout.session.completed"]),
        encoded(data={"object": {"id": "cs_\x00"}}),
        encoded(created=10**30),
        encoded(livemode=True),
        encoded(livemode="false"),
        encoded(account="acct_of_somebody_else"),
        json.dumps({**event(), "object": "v2.core.event"}).encode(),
    ],
)
def test_signed_junk_is_400(body: bytes) -> None:
    assert send(body) == 400
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize(
    "signature", ["", "junk", "t=1", "t=,v1=", "v1=abc", "t=9" * 1000, "t=99999999999999999999,v1=a"]
)
def test_a_broken_signature_is_400(signature: str) -> None:
    assert send(encoded(), signature=signature) == 400


def test_a_wrong_secret_is_400() -> None:
    assert send(encoded(), secret="whsec_of_a_stranger") == 400


@pytest.mark.parametrize("age", [301, 86_400, -301])
def test_a_stale_or_future_notice_is_400(age: int) -> None:
    assert send(encoded(), age=age) == 400


@pytest.mark.parametrize("age", [300, -300])
def test_within_the_tolerance_is_200(age: int) -> None:
    assert send(encoded(), age=age) == 200


@pytest.mark.parametrize("size", [256 * 1024 + 1, 10 * 1024 * 1024])
def test_a_body_that_no_event_has_is_413(size: int) -> None:
    assert send(b"x" * size, signature="t=1,v1=a") == 413


def test_a_large_but_possible_body_is_read() -> None:
    assert send(encoded(padding="x" * 200_000)) == 200


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods_are_405(method: str) -> None:
    assert getattr(Browser(), method)(ADDRESS).status_code == 405
