"""Products and prices: those that are made once and used often, and those that a call makes for itself."""

from typing import Any

import pytest
import stripe

from tests.factories.stripe_sandbox import line_item, session_params

MONTHLY = {"interval": "month"}


def price_params(**changes: Any) -> dict[str, Any]:
    params = {"currency": "PLN", "unit_amount": 5_000, "product_data": {"name": "A warm night"}, **changes}
    return {name: value for name, value in params.items() if value is not None}


def test_a_price_is_made_with_its_product(api: stripe.StripeClient):
    price = api.v1.prices.create(price_params(recurring=MONTHLY, expand=["product"]))
    assert (price.active, price.type, price.currency, price.unit_amount) == (True, "recurring", "pln", 5_000)
    assert price.recurring is not None
    assert (price.recurring.interval, price.recurring.interval_count) == ("month", 1)
    assert isinstance(price.product, stripe.Product)
    assert (price.product.name, price.product.active) == ("A warm night", True)
    assert [event.type for event in api.v1.events.list().data] == ["price.created", "product.created"]


def test_a_product_is_made_changed_and_listed(api: stripe.StripeClient):
    product = api.v1.products.create({"name": "Legal help", "id": "legal", "metadata": {"fund": "LEGAL"}})
    price = api.v1.prices.create(price_params(product_data=None, product="legal"))
    updated = api.v1.products.update("legal", {"active": False, "default_price": price.id, "metadata": {"more": "1"}})
    assert (updated.active, updated.default_price) == (False, price.id)
    assert updated.metadata.to_dict() == {"fund": "LEGAL", "more": "1"}
    told = api.v1.events.list({"type": "product.updated"}).data[0].data.previous_attributes
    assert told["active"] is True
    assert [each.id for each in api.v1.products.list({"active": False}).data] == [product.id]
    assert api.v1.products.list({"active": True}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        api.v1.products.create({"name": "Again", "id": "legal"})


def test_a_price_is_archived_and_then_sold_no_more(api: stripe.StripeClient):
    price = api.v1.prices.create(price_params(recurring=MONTHLY))
    api.v1.prices.update(price.id, {"active": False, "nickname": "old", "metadata": {"why": "raised"}})
    assert api.v1.prices.list().data == []
    assert [each.nickname for each in api.v1.prices.list({"active": False}).data] == ["old"]
    items = [{"price": price.id, "quantity": 1}]
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        api.v1.checkout.sessions.create(session_params(mode="subscription", payment_intent_data=None, line_items=items))


def test_of_an_archived_product_nothing_new_is_sold(api: stripe.StripeClient):
    price = api.v1.prices.create(price_params())
    api.v1.products.update(str(price.product), {"active": False})
    inline = line_item()
    inline["price_data"] = {"currency": "pln", "unit_amount": 700, "product": str(price.product)}
    for item in ({"price": price.id, "quantity": 1}, inline):
        with pytest.raises(stripe.InvalidRequestError, match="marked as inactive"):
            api.v1.checkout.sessions.create(session_params(line_items=[item]))


def test_a_lookup_key_names_one_price(api: stripe.StripeClient):
    first = api.v1.prices.create(price_params(lookup_key="warm"))
    with pytest.raises(stripe.InvalidRequestError, match="already uses"):
        api.v1.prices.create(price_params(lookup_key="warm"))
    second = api.v1.prices.create(price_params(lookup_key="warm", transfer_lookup_key=True))
    assert [each.id for each in api.v1.prices.list({"lookup_keys": ["warm"]}).data] == [second.id]
    assert api.v1.prices.retrieve(first.id).lookup_key is None


def test_prices_are_listed_by_product_and_interval(api: stripe.StripeClient):
    yearly = api.v1.prices.create(price_params(recurring={"interval": "year"}))
    once = api.v1.prices.create(price_params())
    prices = api.v1.prices
    assert [each.id for each in prices.list({"recurring": {"interval": "year"}}).data] == [yearly.id]
    assert [each.id for each in prices.list({"type": "one_time"}).data] == [once.id]
    assert [each.id for each in prices.list({"product": str(yearly.product)}).data] == [yearly.id]


def test_what_a_session_makes_for_itself_is_hidden_but_found(api: stripe.StripeClient):
    """Its product can be used again: a subscription's sum is changed with a price of the same product."""
    expand = ["line_items.data.price.product"]
    session = api.v1.checkout.sessions.create(session_params(expand=expand))
    assert session.line_items is not None
    price = session.line_items.data[0].price
    assert price is not None
    assert isinstance(price.product, stripe.Product)
    assert (price.active, price.product.active, price.product.name) == (False, False, "Winter kit")
    assert api.v1.prices.retrieve(price.id).product == price.product.id
    assert (api.v1.prices.list({"active": False}).data, api.v1.products.list().data) == ([], [])
    assert api.v1.events.list().data == []
    again = line_item()
    again["price_data"] = {"currency": "pln", "unit_amount": 700, "product": price.product.id}
    other = api.v1.checkout.sessions.create(session_params(line_items=[again], expand=expand))
    assert other.line_items.data[0].description == "Winter kit"


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"unit_amount": -1}, "parameter_invalid_integer", "unit_amount"),
        ({"unit_amount": None}, "parameter_missing", "unit_amount"),
        ({"currency": "xxx"}, None, "currency"),
        ({"product_data": None}, "parameter_missing", "product"),
        ({"product_data": None, "product": "prod_nothing"}, "resource_missing", "product"),
        ({"product": "prod_nothing"}, "parameters_exclusive", "product_data"),
        ({"recurring": {"interval": "fortnight"}}, None, "recurring[interval]"),
        (
            {"recurring": {"interval": "month", "interval_count": 37}},
            "parameter_invalid_integer",
            "recurring[interval_count]",
        ),
        (
            {"recurring": {"interval": "year", "interval_count": 0}},
            "parameter_invalid_integer",
            "recurring[interval_count]",
        ),
    ],
)
def test_what_can_be_no_price(api: stripe.StripeClient, changes: dict[str, Any], code: str | None, param: str):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.prices.create(price_params(**changes))
    assert (caught.value.code, caught.value.param) == (code, param)
    assert api.v1.products.list().data == []


@pytest.mark.parametrize(
    "changes", [{"recurring": {"interval": "month", "usage_type": "metered"}}, {"tiers_mode": "volume"}]
)
def test_what_the_sandbox_does_not_do_with_prices_is_said(api: stripe.StripeClient, changes: dict[str, Any]):
    with pytest.raises(stripe.APIError) as caught:
        api.v1.prices.create(price_params(**changes))
    assert caught.value.http_status == 501
