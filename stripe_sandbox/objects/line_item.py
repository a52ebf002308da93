"""Line items of a checkout session, each with the price and product that it makes."""

from typing import Any

from stripe_sandbox import metadata, money
from stripe_sandbox.errors import JsonObject, invalid, missing, no_such
from stripe_sandbox.kinds import Call, Page, answers, includes
from stripe_sandbox.listing import cut
from stripe_sandbox.world import World

_MOST_ITEMS = 100


def build(world: World, items: list[dict[str, Any]]) -> list[JsonObject]:
    """The line items of a create call, in one currency."""
    if len(items) > _MOST_ITEMS:
        raise invalid(f"You can have at most {_MOST_ITEMS} line items.", "line_items")
    built = [_build_one(world, item, f"line_items[{number}]") for number, item in enumerate(items)]
    if len({item["currency"] for item in built}) > 1:
        raise invalid("All prices on a Checkout Session must use the same currency.", "line_items")
    return built


def _build_one(world: World, item: dict[str, Any], path: str) -> JsonObject:
    if "price" in item:
        raise no_such("price", item["price"], param=f"{path}[price]", in_path=False)
    if "price_data" not in item:
        raise missing(f"{path}[price_data]")
    data = item["price_data"]
    quantity = item.get("quantity")
    if quantity is None:
        raise missing(f"{path}[quantity]")
    if not 0 < quantity <= 999_999:
        raise invalid("This value must be between 1 and 999999.", f"{path}[quantity]", "parameter_invalid_integer")
    price = _price(world, data, f"{path}[price_data]")
    total = price["unit_amount"] * quantity
    return {
        "id": world.ids.new("item"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": data["product_data"]["name"],
        "metadata": metadata.merged({}, item.get("metadata")),
        "price": price,
        "quantity": quantity,
    }


def _price(world: World, data: dict[str, Any], path: str) -> JsonObject:
    currency = data["currency"].lower()
    if not money.is_known(currency):
        raise invalid(f"Invalid currency: {currency}.", f"{path}[currency]")
    if "product" in data:
        raise no_such("product", data["product"], param=f"{path}[product]", in_path=False)
    if "product_data" not in data:
        raise missing(f"{path}[product_data]")
    if "recurring" in data:
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use "
            "only one-time prices.",
            f"{path}[recurring]",
        )
    if "unit_amount" not in data:
        raise missing(f"{path}[unit_amount]")
    if data["unit_amount"] < 0:
        raise invalid(
            "This value must be greater than or equal to 0.", f"{path}[unit_amount]", "parameter_invalid_integer"
        )
    return {
        "id": world.ids.new("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": world.now(),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": world.ids.new("product"),
        "recurring": None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": data["unit_amount"],
        "unit_amount_decimal": str(data["unit_amount"]),
    }


@answers("GET", "/v1/checkout/sessions/{}/line_items")
def list_line_items(call: Call) -> Page:
    """The line items of a session, in the order they were sent."""
    session = call.own("checkout.session", "checkout.session")
    items = session["_line_items"]
    for name in ("starting_after", "ending_before"):
        cursor = call.params.get(name)
        if cursor and cursor not in {item["id"] for item in items}:
            raise no_such("line item", cursor, param=name, in_path=False)
    return cut(call.world, items, call.params, url=f"/v1/checkout/sessions/{session['id']}/line_items", known=True)


@includes("checkout.session", "line_items")
def _first_line_items(world: World, session: JsonObject) -> JsonObject:
    kept = world.store.find(session["id"])
    items = kept["_line_items"] if kept else []
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return {"object": "list", "data": items[:10], "has_more": len(items) > 10, "url": url}
