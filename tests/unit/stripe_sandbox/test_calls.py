"""What holds for every call: the key, the version, unknown and missing addresses, odd requests."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from stripe_sandbox import kinds
from stripe_sandbox.contract import API_VERSION
from stripe_sandbox.testing import Client


def raw(
    sandbox: Client, method: str, path: str, body: str | bytes = "", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any], http.client.HTTPMessage]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=60)
    try:
        connection.request(method, path, body, {"Authorization": f"Bearer {sandbox.key}", **(headers or {})})
        response = connection.getresponse()
        return response.status, json.loads(response.read()), response.headers
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "did not provide an API key"),
        ("Bearer", "did not provide an API key"),
        ("Bearer sk_live_" + "x" * 24, "takes no live key"),
        ("Bearer rk_live_" + "x" * 24, "takes no live key"),
        ("Bearer pk_test_" + "x" * 24, "publishable"),
        ("Bearer sk_test_", "Invalid API Key"),
        ("Bearer secret", "Invalid API Key"),
        ("Basic c2tfbGl2ZV8xMjM0NTY3ODo=", "takes no live key"),
        ("Basic ?", "did not provide an API key"),
    ],
)
def test_odd_keys_are_refused(sandbox: Client, header: str, message: str):
    status, body, _ = raw(sandbox, "GET", "/v1/balance", headers={"Authorization": header})
    assert (status, body["error"]["type"]) == (401, "invalid_request_error")
    assert message in body["error"]["message"]
    assert "x" * 20 not in body["error"]["message"]


def test_the_sdk_sees_an_authentication_error(sandbox: Client):
    client = stripe.StripeClient("sk_live_0123456789", base_addresses={"api": sandbox.url})
    with pytest.raises(stripe.AuthenticationError):
        client.v1.balance.retrieve()


@pytest.mark.parametrize("header", ["Bearer rk_test_sandbox", "Basic c2tfdGVzdF9zYW5kYm94Og=="])
def test_test_keys_are_taken(sandbox: Client, header: str):
    status, body, _ = raw(sandbox, "GET", "/v1/balance", headers={"Authorization": header})
    assert (status, body["object"]) == (200, "balance")


def test_only_the_sdks_version_is_spoken(sandbox: Client):
    status, body, headers = raw(sandbox, "GET", "/v1/balance", headers={"Stripe-Version": API_VERSION})
    assert (status, headers["Stripe-Version"]) == (200, API_VERSION)
    assert headers["Request-Id"].startswith("req_")
    status, body, _ = raw(sandbox, "GET", "/v1/balance", headers={"Stripe-Version": "2020-08-27"})
    assert status == 400
    assert "2020-08-27" in body["error"]["message"]


def test_an_answer_that_the_sdk_does_not_describe_is_caught(
    sandbox: Client, api: stripe.StripeClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(kinds._handlers, "GET /v1/balance", lambda call: {"object": "balance", "pending": []})
    with pytest.raises(stripe.APIError) as caught:
        api.v1.balance.retrieve()
    assert caught.value.http_status == 500


def test_unknown_addresses_are_404_and_unbuilt_ones_501(sandbox: Client):
    status, body, _ = raw(sandbox, "GET", "/v1/nothing")
    assert (status, body["error"]["type"]) == (404, "invalid_request_error")
    assert "Unrecognized request URL (GET: /v1/nothing)" in body["error"]["message"]
    status, body, _ = raw(sandbox, "POST", "/v1/subscription_schedules")
    assert (status, body["error"]["code"]) == (501, "not_implemented")
    assert "Stripe does" in body["error"]["message"]


def test_missing_objects_are_404(api: stripe.StripeClient):
    for retrieve in (
        api.v1.charges.retrieve,
        api.v1.checkout.sessions.retrieve,
        api.v1.customers.retrieve,
        api.v1.events.retrieve,
        api.v1.payment_intents.retrieve,
        api.v1.payment_methods.retrieve,
        api.v1.refunds.retrieve,
        api.v1.balance_transactions.retrieve,
        api.v1.webhook_endpoints.retrieve,
    ):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            retrieve("ch_nothing")
        assert (caught.value.http_status, caught.value.code, caught.value.param) == (404, "resource_missing", "id")


def test_bodies_that_cannot_be_read_are_refused(sandbox: Client):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, body, _ = raw(sandbox, "POST", "/v1/customers", "name[=1", form)
    assert (status, body["error"]["type"]) == (400, "invalid_request_error")
    assert raw(sandbox, "POST", "/v1/customers", b"\xff\xfe", form)[0] == 400
    assert raw(sandbox, "POST", "/v1/customers", "", {**form, "Content-Length": "3000000"})[0] == 413
    assert raw(sandbox, "POST", "/v1/customers", "", {**form, "Content-Length": "-1"})[0] == 400


def test_the_account_says_what_it_can_do(api: stripe.StripeClient):
    account = api.v1.accounts.retrieve_current()
    assert (account.id, account.country, account.default_currency) == ("acct_1SandboxAccount0", "PL", "pln")


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "elsewhere.example"}],
)
def test_the_admin_address_is_not_for_browsers(sandbox: Client, headers: dict[str, str]):
    assert raw(sandbox, "POST", "/_sandbox/clock", '{"offset": 5}', headers)[0] == 403
    assert raw(sandbox, "GET", "/_sandbox/clock")[1]["offset"] in (-1, 0)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("faults", "{", 400),
        ("faults", "[]", 400),
        ("faults", '{"kind": "earthquake"}', 400),
        ("faults", '{"kind": "error", "colour": "green"}', 400),
        ("faults", '{"kind": "error", "nth": "first"}', 400),
        ("faults", '{"kind": "slow", "seconds": -1}', 400),
        ("clock", '{"then": 5}', 400),
        ("nothing", "{}", 404),
        ("webhook_endpoints/we_nothing/rotate", "{}", 404),
    ],
)
def test_the_admin_address_says_what_it_does_not_know(sandbox: Client, path: str, body: str, status: int):
    assert raw(sandbox, "POST", f"/_sandbox/{path}", body)[0] == status
