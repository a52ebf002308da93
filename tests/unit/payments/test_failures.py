"""The mapping of the provider's errors is total, and everybody is told something."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe
from django.conf import settings
from django.utils.translation import override

from payments.failures import TELLINGS, FailureKind
from payments.provider import ProviderRefused, ProviderUnavailable
from payments.stripe.errors import ABSTRACT, KINDS, in_our_words

pytestmark = pytest.mark.usefixtures("english")
DOCS = Path(settings.BASE_DIR) / "docs" / "payments.md"


@pytest.fixture
def english() -> Iterator[None]:
    with override("en"):
        yield


def below(error: type[stripe.StripeError]) -> Iterator[type[stripe.StripeError]]:
    for each in error.__subclasses__():
        yield each
        yield from below(each)


def test_every_class_of_the_sdk_is_mapped() -> None:
    assert set(below(stripe.StripeError)) | {stripe.StripeError} == set(KINDS) | ABSTRACT


@pytest.mark.parametrize("kind", FailureKind)
def test_each_kind_tells_donor_and_operator_and_stands_in_the_docs(kind: FailureKind) -> None:
    telling = TELLINGS[kind]
    assert str(telling.donor)
    assert str(telling.operator)
    row = next(line for line in DOCS.read_text().splitlines() if line.startswith(f"| `{kind.value}` |"))
    assert str(telling.donor) in row
    assert str(telling.operator) in row


@pytest.mark.parametrize("kind", FailureKind)
def test_no_donor_is_told_of_a_charge_that_nobody_knows_of(kind: FailureKind) -> None:
    """Where it may have happened, "you have not been charged" could be a lie."""
    telling = TELLINGS[kind]
    if telling.may_have_happened and kind is not FailureKind.KEY_REUSED:
        assert "have not been charged" not in str(telling.donor)


def error(status: int, code: str = "", **body: str) -> stripe.StripeError:
    """What the SDK raises for an answer of the API."""
    client = stripe.StripeClient("sk_test_x")
    answer = {"error": {"message": "Zofia typed 4242", "code": code, **body}}
    return client._requestor.specific_v1_api_error("", status, answer, {"request-id": "req_1"}, answer["error"])  # type: ignore[no-any-return, no-untyped-call]  # the one place that makes them


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (error(402, "card_declined"), FailureKind.CARD_DECLINED),
        (error(429), FailureKind.RATE_LIMITED),
        (error(400, "rate_limit"), FailureKind.RATE_LIMITED),
        (error(400, "", type="idempotency_error"), FailureKind.KEY_REUSED),
        (error(409, "idempotency_key_in_use"), FailureKind.STILL_PENDING),
        (error(401), FailureKind.NOT_AUTHENTICATED),
        (error(403), FailureKind.NOT_PERMITTED),
        (error(400, "parameter_unknown"), FailureKind.INVALID_REQUEST),
        (error(404, "resource_missing"), FailureKind.NOT_FOUND),
        (error(500), FailureKind.PROVIDER_FAULT),
        (error(503), FailureKind.PROVIDER_FAULT),
        (stripe.APIConnectionError("no route"), FailureKind.TIMED_OUT),
    ],
)
def test_what_the_api_says_in_our_words(raised: stripe.StripeError, kind: FailureKind) -> None:
    ours = in_our_words(raised)
    assert ours.kind is kind
    assert "Zofia" not in str(ours)
    asked_again = kind is FailureKind.RATE_LIMITED or (
        TELLINGS[kind].may_have_happened and kind is not FailureKind.KEY_REUSED
    )
    assert isinstance(ours, ProviderUnavailable if asked_again else ProviderRefused)


def test_the_port_has_no_word_of_the_provider() -> None:
    room = Path(settings.BASE_DIR) / "payments"
    parts = sorted((room / "provider").glob("*.py"))
    assert parts
    for path in (*parts, room / "failures.py", room / "states.py", room / "monthly_states.py"):
        text = path.read_text().lower()
        assert "stripe" not in text.replace("payments.stripe", "")
