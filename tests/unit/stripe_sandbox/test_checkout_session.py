"""Checkout sessions: opening, reading, listing, expiring."""

from typing import Any

import pytest
import stripe

from stripe_sandbox.testing import Client
from tests.factories.stripe_sandbox import line_item, session_params


def refused(api: stripe.StripeClient, params: dict[str, Any]) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.checkout.sessions.create(params)
    assert caught.value.http_status == 400
    return caught.value


def test_a_session_is_opened(api: stripe.StripeClient, sandbox: Client):
    items = [line_item(quantity=2), line_item(name="Legal help", unit_amount=550)]
    session = api.v1.checkout.sessions.create(session_params(line_items=items))
    assert session.id.startswith("cs_test_")
    assert session.url == f"{sandbox.url}/c/pay/{session.id}"
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency) == (20_550, "pln")
    assert session.payment_method_types == ["card", "blik", "p24"]
    assert session.expires_at - session.created == 24 * 3600
    assert session.livemode is False


def test_line_items_are_listed_and_expanded(api: stripe.StripeClient):
    items = [line_item(name=f"Kit {letter}") for letter in "ABC"]
    session = api.v1.checkout.sessions.create(session_params(line_items=items, expand=["line_items"]))
    assert session.line_items is not None
    assert [item.description for item in session.line_items.data] == ["Kit A", "Kit B", "Kit C"]
    first = api.v1.checkout.sessions.line_items.list(session.id, {"limit": 2})
    assert first.has_more is True
    rest = api.v1.checkout.sessions.line_items.list(session.id, {"starting_after": first.data[-1].id})
    assert [item.description for item in rest.data] == ["Kit C"]
    assert api.v1.checkout.sessions.retrieve(session.id).to_dict().get("line_items") is None


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"mode": None}, "parameter_missing", "mode"),
        ({"success_url": None}, "parameter_missing", "success_url"),
        ({"line_items": None}, "parameter_missing", "line_items"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"ui_mode": "hosted"}, None, "ui_mode"),
        ({"success_url": "thanks"}, "url_invalid", "success_url"),
        ({"cancel_url": "javascript:alert(1)"}, "url_invalid", "cancel_url"),
        ({"customer_email": "anna@"}, "email_invalid", "customer_email"),
        ({"customer_email": "anna@example.org\nBcc: x@example.org"}, "email_invalid", "customer_email"),
        ({"customer_email": None, "customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"line_items": [line_item(unit_amount=199)]}, "amount_too_small", "line_items"),
        ({"line_items": [line_item(unit_amount=100_000_000)]}, "amount_too_large", "line_items"),
        (
            {"line_items": [line_item(unit_amount=-1)]},
            "parameter_invalid_integer",
            "line_items[0][price_data][unit_amount]",
        ),
        ({"line_items": [line_item(quantity=0)]}, "parameter_invalid_integer", "line_items[0][quantity]"),
        ({"line_items": [{"price": "price_x", "quantity": 1}]}, "resource_missing", "line_items[0][price]"),
        ({"allowed_payment_method_types": ["ideal"]}, None, "allowed_payment_method_types"),
        (
            {"allowed_payment_method_types": ["card"], "excluded_payment_method_types": ["blik"]},
            "parameters_exclusive",
            "excluded_payment_method_types",
        ),
        ({"client_reference_id": "x" * 201}, None, "client_reference_id"),
        ({"return_url": "http://shop.test/"}, None, "return_url"),
    ],
)
def test_what_stripe_refuses(api: stripe.StripeClient, changes: dict[str, Any], code: str | None, param: str):
    error = refused(api, session_params(**changes))
    assert (error.code, error.param) == (code, param)
    assert error.request_id


@pytest.mark.parametrize(
    ("seconds", "accepted"), [(30 * 60 - 1, False), (30 * 60, True), (24 * 3600, True), (24 * 3600 + 1, False)]
)
def test_expiry_lies_between_half_an_hour_and_a_day(
    api: stripe.StripeClient, sandbox: Client, seconds: int, accepted: bool
):
    sandbox.clock(now=1_790_000_000, stopped=True)
    params = session_params(expires_at=1_790_000_000 + seconds)
    if accepted:
        assert api.v1.checkout.sessions.create(params).expires_at == 1_790_000_000 + seconds
    else:
        assert refused(api, params).param == "expires_at"


@pytest.mark.parametrize(
    ("changes", "methods"),
    [
        ({"allowed_payment_method_types": ["blik", "card", "ideal"]}, ["card", "blik"]),
        ({"excluded_payment_method_types": ["p24"]}, ["card", "blik"]),
    ],
)
def test_payment_methods_are_narrowed(api: stripe.StripeClient, changes: dict[str, Any], methods: list[str]):
    assert api.v1.checkout.sessions.create(session_params(**changes)).payment_method_types == methods


def test_blik_is_for_the_zloty_only(api: stripe.StripeClient):
    item = line_item()
    item["price_data"]["currency"] = "EUR"
    session = api.v1.checkout.sessions.create(session_params(line_items=[item]))
    assert (session.currency, session.payment_method_types) == ("eur", ["card", "p24"])


def test_another_page_than_the_hosted_one_has_a_secret_instead_of_an_address(api: stripe.StripeClient):
    changes = {"success_url": None, "cancel_url": None, "ui_mode": "embedded_page", "return_url": "http://shop.test/"}
    session = api.v1.checkout.sessions.create(session_params(**changes))
    assert session.url is None
    assert session.client_secret is not None
    assert session.client_secret.startswith(f"{session.id}_secret_")


def test_what_the_sandbox_does_not_do_is_said(api: stripe.StripeClient):
    for changes in ({"tax_id_collection": {"enabled": True}}, {"discounts": [{"coupon": "x"}]}):
        with pytest.raises(stripe.APIError) as caught:
            api.v1.checkout.sessions.create(session_params(**changes))
        assert caught.value.http_status == 501
        assert "sandbox" in str(caught.value)


def test_an_open_session_is_expired_once(api: stripe.StripeClient, sandbox: Client):
    session = api.v1.checkout.sessions.create(session_params())
    expired = api.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        api.v1.checkout.sessions.expire(session.id)
    assert sandbox.pay(session.id)["result"] == "closed"


def test_a_session_expires_by_itself(api: stripe.StripeClient, sandbox: Client):
    opened = sandbox.now()
    session = api.v1.checkout.sessions.create(session_params(expires_at=opened + 3600))
    sandbox.pay(session.id, blik="123456", outcome="none")
    sandbox.clock(now=opened + 3590, stopped=True)
    assert api.v1.checkout.sessions.retrieve(session.id).status == "open"
    sandbox.clock(now=opened + 3600, stopped=True)
    after = api.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert after.status == "expired"
    assert (after.payment_intent.status, after.payment_intent.cancellation_reason) == ("canceled", "expired")
    kinds = [event.type for event in api.v1.events.list().data]
    assert kinds[:2] == ["checkout.session.expired", "payment_intent.canceled"]


def test_what_was_due_happens_at_its_own_second(api: stripe.StripeClient, sandbox: Client):
    opened = sandbox.now()
    for seconds in (7200, 3600):
        api.v1.checkout.sessions.create(session_params(expires_at=opened + seconds))
    sandbox.clock(now=opened + 10 * 24 * 3600, stopped=True)
    events = api.v1.events.list({"type": "checkout.session.expired"}).data
    assert [event.created for event in events] == [opened + 7200, opened + 3600]


def test_a_paid_session_does_not_expire(api: stripe.StripeClient, sandbox: Client):
    session = api.v1.checkout.sessions.create(session_params())
    sandbox.pay(session.id)
    sandbox.clock(offset=2 * 24 * 3600)
    assert api.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_sessions_are_listed_by_status_and_email(api: stripe.StripeClient, sandbox: Client):
    paid = api.v1.checkout.sessions.create(session_params(customer_email="paid@example.org"))
    left = api.v1.checkout.sessions.create(session_params(customer_email="open@example.org"))
    sandbox.pay(paid.id)
    sessions = api.v1.checkout.sessions
    assert [each.id for each in sessions.list({"status": "complete"}).data] == [paid.id]
    assert [each.id for each in sessions.list({"status": "open"}).data] == [left.id]
    assert [each.id for each in sessions.list({"customer_details": {"email": "open@example.org"}}).data] == [left.id]
    intent = sessions.retrieve(paid.id).payment_intent
    assert [each.id for each in sessions.list({"payment_intent": str(intent)}).data] == [paid.id]


def test_metadata_is_merged_and_unset(api: stripe.StripeClient):
    session = api.v1.checkout.sessions.create(session_params(metadata={"kept": "1", "gone": "2"}))
    updated = api.v1.checkout.sessions.update(session.id, {"metadata": {"gone": "", "new": "3"}})
    assert updated.metadata is not None
    assert updated.metadata.to_dict() == {"kept": "1", "new": "3"}
