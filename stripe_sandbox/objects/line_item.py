"""Line items of a checkout session, each of a price that exists or of one that it makes."""

from typing import Any

from stripe_sandbox import metadata
from stripe_sandbox.errors import ApiError, JsonObject, invalid, missing, no_such
from stripe_sandbox.kinds import Call, Page, answers, includes, shown
from stripe_sandbox.listing import cut
from stripe_sandbox.objects import price as prices
from stripe_sandbox.world import World

_MOST_ITEMS = 100
#: In subscription mode, of each kind.
_MOST_OF_A_KIND = 20


def build(world: World, items: list[dict[str, Any]], mode: str) -> list[JsonObject]:
    """The line items of a create call, in one currency and with prices that the mode can have."""
    if len(items) > _MOST_ITEMS:
        raise invalid(f"You can have at most {_MOST_ITEMS} line items.", "line_items")
    built = [_build_one(world, item, mode, f"line_items[{number}]") for number, item in enumerate(items)]
    if len({item["currency"] for item in built}) > 1:
        raise invalid("All prices on a Checkout Session must use the same currency.", "line_items")
    if mode == "subscription":
        _check_recurring(built)
    return built


def is_recurring(item: JsonObject) -> bool:
    """Whether this is charged again and again."""
    return item["price"]["recurring"] is not None


def full_amount(item: JsonObject) -> int:
    """What the item costs each time, whatever of it is due now, in minor units."""
    amount: int = item["price"]["unit_amount"] * item["quantity"]
    return amount


def due(item: JsonObject, amount: int) -> JsonObject:
    """The item with what is due of it now."""
    return {**item, "amount_subtotal": amount, "amount_total": amount}


def _check_recurring(items: list[JsonObject]) -> None:
    recurring = [item for item in items if is_recurring(item)]
    if not recurring:
        raise invalid(
            "When using prices, `mode: subscription` requires at least one recurring price. Use `setup` or `payment` "
            "mode instead.",
            "line_items",
        )
    if max(len(recurring), len(items) - len(recurring)) > _MOST_OF_A_KIND:
        raise invalid(f"You can have at most {_MOST_OF_A_KIND} recurring and as many one-time prices.", "line_items")
    intervals = {
        (item["price"]["recurring"]["interval"], item["price"]["recurring"]["interval_count"]) for item in recurring
    }
    if len(intervals) > 1:
        raise ApiError("The sandbox bills all items of a subscription together.", status=501, param="line_items")


def _build_one(world: World, item: dict[str, Any], mode: str, path: str) -> JsonObject:
    for name in ("adjustable_quantity", "tax_rates"):
        if item.get(name) not in (None, [], {"enabled": False}):
            raise ApiError(f"The sandbox does not do {name} of line items.", status=501, param=f"{path}[{name}]")
    if "price" not in item and "price_data" not in item:
        raise missing(f"{path}[price_data]")
    quantity = item.get("quantity")
    if quantity is None:
        raise missing(f"{path}[quantity]")
    if not 0 < quantity <= 999_999:
        raise invalid("This value must be between 1 and 999999.", f"{path}[quantity]", "parameter_invalid_integer")
    price = _price(world, item, mode, path)
    product = world.store.find(price["product"])
    assert product is not None
    total = price["unit_amount"] * quantity
    return {
        "id": world.ids.new("item"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": product["name"],
        "metadata": metadata.merged({}, item.get("metadata")),
        "price": shown(world, price),
        "quantity": quantity,
    }


def _price(world: World, item: dict[str, Any], mode: str, path: str) -> JsonObject:
    if "price" in item:
        price, place = prices.named(world, item["price"], f"{path}[price]"), f"{path}[price]"
    else:
        price, place = prices.inline(world, item["price_data"], f"{path}[price_data]"), f"{path}[price_data][recurring]"
    if mode == "payment" and price["recurring"] is not None:
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use "
            "only one-time prices.",
            place,
        )
    return price


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
