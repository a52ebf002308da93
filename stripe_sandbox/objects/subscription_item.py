"""What a subscription is for: each item a price, how many of it, and the period that was billed last."""

from typing import Any

from stripe_sandbox import metadata
from stripe_sandbox.errors import ApiError, JsonObject, invalid, missing, no_such
from stripe_sandbox.kinds import Call, Page, answers, presents, shown
from stripe_sandbox.listing import page
from stripe_sandbox.objects import price as prices
from stripe_sandbox.world import World

_MOST_ITEMS = 20
_UNDERSTOOD = {"id", "price", "price_data", "quantity", "metadata", "deleted"}
_BLANK: JsonObject = {"billed_until": None, "billing_thresholds": None, "discounts": [], "tax_rates": []}


def of(world: World, subscription: JsonObject) -> list[JsonObject]:
    """The items of a subscription, in the order they were added."""
    return world.store.where("subscription_item", "subscription", subscription["id"])


def price_of(world: World, item: JsonObject) -> JsonObject:
    """The price of an item."""
    price = world.store.get("price", item["_price"])
    assert price is not None
    return price


def amount(world: World, item: JsonObject) -> int:
    """What the item costs for each period, in minor units."""
    total: int = price_of(world, item)["unit_amount"] * item["quantity"]
    return total


def interval(world: World, subscription: JsonObject) -> tuple[str, int]:
    """How often a subscription is billed."""
    recurring = price_of(world, of(world, subscription)[0])["recurring"]
    return recurring["interval"], recurring["interval_count"]


def add(
    world: World,
    subscription: JsonObject,
    price: JsonObject,
    quantity: int,
    data: Any = None,
    *,
    period: tuple[int, int],
) -> JsonObject:
    """A new item of a subscription."""
    item = {
        "id": world.ids.new("subscription_item"),
        "object": "subscription_item",
        "created": world.now(),
        "current_period_end": period[1],
        "current_period_start": period[0],
        "metadata": metadata.merged({}, data),
        "quantity": quantity,
        "subscription": subscription["id"],
        "_price": price["id"],
    }
    return world.store.add(item)


def chosen_price(world: World, sent: JsonObject, path: str) -> JsonObject:
    """The recurring price that ``price`` or ``price_data`` of an item names."""
    for name in sent:
        if name not in _UNDERSTOOD:
            raise ApiError(
                f"The sandbox does not do {name} of subscription items.", status=501, param=f"{path}[{name}]"
            )
    if "price" in sent and "price_data" in sent:
        raise ApiError(
            "You may only specify one of these parameters: price, price_data.",
            code="parameters_exclusive",
            param=f"{path}[price_data]",
        )
    if "price" not in sent and "price_data" not in sent:
        raise missing(f"{path}[price]")
    if "price" in sent:
        price = prices.named(world, sent["price"], f"{path}[price]")
    else:
        price = prices.inline(world, sent["price_data"], f"{path}[price_data]")
    if price["recurring"] is None:
        raise invalid(
            f"The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`: "
            f"{price['id']}.",
            f"{path}[price]",
        )
    return price


def check_together(chosen: list[JsonObject]) -> None:
    """Raise ApiError for prices that can't stand in one subscription."""
    if len(chosen) > _MOST_ITEMS:
        raise invalid(f"You can have at most {_MOST_ITEMS} items.", "items")
    if len({price["currency"] for price in chosen}) > 1:
        raise invalid("All prices of a subscription must use the same currency.", "items")
    if len({(price["recurring"]["interval"], price["recurring"]["interval_count"]) for price in chosen}) > 1:
        raise ApiError("The sandbox bills all items of a subscription together.", status=501, param="items")


def check_quantity(sent: JsonObject, path: str) -> int:
    """The quantity of an item, one if it isn't said."""
    quantity: int = sent.get("quantity", 1)
    if not 0 <= quantity <= 999_999:
        raise invalid("This value must be between 0 and 999999.", f"{path}[quantity]", "parameter_invalid_integer")
    return quantity


@presents("subscription_item")
def _with_price(world: World, item: JsonObject) -> JsonObject:
    kept = world.store.find(item["id"])
    # A removed item is shown once more, in the event that says so.
    price = price_of(world, kept) if kept else None
    whole = {**_BLANK, **item}
    return {**whole, "plan": _plan(price), "price": shown(world, price)} if price else whole


def _plan(price: JsonObject) -> JsonObject:
    """The price in the words of the older API, which every item still has."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": recurring["trial_period_days"],
        "usage_type": "licensed",
    }


@answers("GET", "/v1/subscription_items")
def list_items(call: Call) -> Page:
    """The items of a subscription."""
    named = call.params["subscription"]
    if call.world.store.get("subscription", named) is None:
        raise no_such("subscription", named, param="subscription", in_path=False)
    return page(call, "subscription_item", url="/v1/subscription_items", among=("subscription", named))


@answers("GET", "/v1/subscription_items/{}")
def retrieve_item(call: Call) -> JsonObject:
    """One item."""
    return call.own("subscription_item", "subscription_item")
