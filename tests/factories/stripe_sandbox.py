"""Calls and cards for tests of the Stripe sandbox."""

from typing import Any

PAYS = "4242424242424242"
DECLINES = "4000000000000002"
LACKS_FUNDS = "4000000000009995"
ASKS = "4000002500003155"
FAILS_LATER = "4000000000000341"
IS_DISPUTED = "4000000000000259"


def line_item(*, name: str = "Winter kit", unit_amount: int = 10_000, quantity: int = 1) -> dict[str, Any]:
    """One line of a session, in grosze."""
    price = {"currency": "pln", "unit_amount": unit_amount, "product_data": {"name": name}}
    return {"quantity": quantity, "price_data": price}


def session_params(**changes: Any) -> dict[str, Any]:
    """What a charity's shop sends to open a session: 100.00 zł for one kit; None takes a parameter out."""
    params = {
        "mode": "payment",
        "submit_type": "donate",
        "success_url": "http://shop.test/thanks?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://shop.test/cancelled",
        "client_reference_id": "donation-7",
        "customer_email": "anna@example.org",
        "line_items": [line_item()],
        "payment_intent_data": {"metadata": {"donation": "donation-7"}, "description": "Donation 7"},
        "metadata": {"donation": "donation-7"},
        "locale": "pl",
        **changes,
    }
    return {name: value for name, value in params.items() if value is not None}


def monthly_item(*, unit_amount: int = 5_000, interval: str = "month", interval_count: int = 1) -> dict[str, Any]:
    """A line that is given again and again, in grosze."""
    item = line_item(name="A warm night", unit_amount=unit_amount)
    item["price_data"]["recurring"] = {"interval": interval, "interval_count": interval_count}
    return item


def subscription_params(**changes: Any) -> dict[str, Any]:
    """What a charity's shop sends to begin 50.00 zł every month; None takes a parameter out."""
    metadata = {"monthly_gift": "gift-3", "terms": "terms-5"}
    facts = {"mode": "subscription", "line_items": [monthly_item()], "payment_intent_data": None}
    return session_params(**{**facts, "subscription_data": {"metadata": metadata}, **changes})
