"""Prices: what one unit of a product costs, once or again and again."""

from typing import Any

from stripe_sandbox import metadata, money
from stripe_sandbox.errors import ApiError, JsonObject, invalid, missing, no_such
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import page
from stripe_sandbox.objects import product
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_UNDERSTOOD = {
    *("active", "billing_scheme", "currency", "expand", "lookup_key", "metadata", "nickname", "product"),
    *("product_data", "recurring", "tax_behavior", "transfer_lookup_key", "unit_amount"),
}
#: Three years, the longest interval that can be billed.
_LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}
_GREATEST = 999_999_999_999


def named(world: World, identifier: str, param: str) -> JsonObject:
    """The price that a parameter names, as long as it can be used for something new."""
    price = world.store.get("price", identifier)
    if price is None:
        raise no_such("price", identifier, param=param, in_path=False)
    if not price["active"]:
        raise invalid("The price specified is inactive. This field only accepts active prices.", param)
    _check_sold(product.named(world, price["product"], param), param)
    return price


def _check_sold(of_product: JsonObject, param: str) -> None:
    """Raise ApiError for a product that was archived. What an inline price made was never sold, and can be used again."""
    if not of_product["active"] and not of_product["_inline"]:
        raise invalid(
            f"The product {of_product['id']} is marked as inactive, and thus nothing new can be sold of it.", param
        )


def inline(world: World, data: dict[str, Any], path: str) -> JsonObject:
    """The hidden price that ``price_data`` makes, and with ``product_data`` a hidden product too."""
    if "unit_amount_decimal" in data:
        raise ApiError(
            "The sandbox does not do unit_amount_decimal of prices.", status=501, param=f"{path}[unit_amount_decimal]"
        )
    if "product" in data:
        of_product = product.named(world, data["product"], f"{path}[product]")
        _check_sold(of_product, f"{path}[product]")
    elif "product_data" not in data:
        raise missing(f"{path}[product_data]")
    else:
        _check(data, path)
        of_product = product.build(world, data["product_data"], inline=True, path=f"{path}[product_data]")
    return _build(world, data, of_product, path=path, is_inline=True)


def _check(data: dict[str, Any], path: str) -> None:
    """Raise ApiError for a sum, a currency or an interval that can't be."""

    def at(name: str) -> str:
        return f"{path}[{name}]" if path else name

    currency = data["currency"].lower()
    if not money.is_known(currency):
        raise invalid(f"Invalid currency: {currency}.", at("currency"))
    if "unit_amount" not in data:
        raise missing(at("unit_amount"))
    if data["unit_amount"] < 0:
        raise invalid("This value must be greater than or equal to 0.", at("unit_amount"), "parameter_invalid_integer")
    if data["unit_amount"] > _GREATEST:
        raise invalid("Invalid integer: must be at most 999999999999.", at("unit_amount"), "parameter_invalid_integer")
    recurring = data.get("recurring")
    if recurring is None:
        return
    if recurring.get("usage_type", "licensed") != "licensed" or "meter" in recurring:
        raise ApiError("The sandbox has no metered prices.", status=501, param=at("recurring"))
    count, longest = recurring.get("interval_count", 1), _LONGEST[recurring["interval"]]
    if not 1 <= count <= longest:
        raise invalid(
            f"The maximum interval is three years: at most {longest} of a {recurring['interval']}.",
            f"{at('recurring')}[interval_count]",
            "parameter_invalid_integer",
        )


def _build(
    world: World, data: dict[str, Any], of_product: JsonObject, *, path: str = "", is_inline: bool = False
) -> JsonObject:
    _check(data, path)
    recurring = data.get("recurring")
    price = {
        "id": world.ids.new("price"),
        "object": "price",
        # One made for a single use can't be used again.
        "active": not is_inline and data.get("active", True),
        "billing_scheme": "per_unit",
        "created": world.now(),
        "currency": data["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": data.get("lookup_key"),
        "metadata": metadata.merged({}, data.get("metadata")),
        "nickname": data.get("nickname"),
        "product": of_product["id"],
        "recurring": None if recurring is None else _recurring(recurring),
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time" if recurring is None else "recurring",
        "unit_amount": data["unit_amount"],
        "unit_amount_decimal": str(data["unit_amount"]),
        "_inline": is_inline,
    }
    world.store.add(price)
    if not is_inline:
        emit(world, "price.created", price)
    return price


def _recurring(sent: dict[str, Any]) -> JsonObject:
    return {
        "interval": sent["interval"],
        "interval_count": sent.get("interval_count", 1),
        "meter": None,
        "trial_period_days": sent.get("trial_period_days"),
        "usage_type": "licensed",
    }


@answers("POST", "/v1/prices")
def create_price(call: Call) -> JsonObject:
    """A new price of a product that exists, or of a new one."""
    world, params = call.world, call.params
    for name in params:
        if name not in _UNDERSTOOD or (name == "billing_scheme" and params[name] != "per_unit"):
            raise ApiError(f"The sandbox does not do {name} of prices.", status=501, param=name)
    if "product" in params and "product_data" in params:
        raise ApiError(
            "You may only specify one of these parameters: product, product_data.",
            code="parameters_exclusive",
            param="product_data",
        )
    if "product" not in params and "product_data" not in params:
        raise missing("product")
    _check(params, "")
    _claim_lookup_key(world, params)
    if "product" in params:
        of_product = product.named(world, params["product"], "product")
    else:
        of_product = product.build(world, params["product_data"], path="product_data")
    return _build(world, params, of_product)


def _claim_lookup_key(world: World, params: dict[str, Any], by: str | None = None) -> None:
    """A lookup key names one price; another gives it up when ``transfer_lookup_key`` says so."""
    key = params.get("lookup_key")
    holders = world.store.where("price", "lookup_key", key) if key else []
    if not holders or holders[0]["id"] == by:
        return
    holder = holders[0]
    if not params.get("transfer_lookup_key"):
        raise invalid(f"A price (`{holder['id']}`) already uses that lookup key.", "lookup_key")
    world.store.change(holder, lookup_key=None)


@answers("GET", "/v1/prices")
def list_prices(call: Call) -> Page:
    """Active prices unless asked otherwise; those made inline are in no list."""
    params = call.params
    interval = params.get("recurring", {}).get("interval")

    def is_asked_for(price: JsonObject) -> bool:
        same = all(price[name] == params[name] for name in ("currency", "product", "type") if name in params)
        return (
            same
            and not price["_inline"]
            and price["active"] == params.get("active", True)
            and ("lookup_keys" not in params or price["lookup_key"] in params["lookup_keys"])
            and (interval is None or (price["recurring"] or {}).get("interval") == interval)
        )

    return page(call, "price", url="/v1/prices", where=is_asked_for)


@answers("GET", "/v1/prices/{}")
def retrieve_price(call: Call) -> JsonObject:
    """One price."""
    return call.own("price", "price")


@answers("POST", "/v1/prices/{}")
def update_price(call: Call) -> JsonObject:
    """Change what a price says of itself, or archive it; never its sum or interval."""
    world, params, price = call.world, call.params, call.own("price", "price")
    for name in params:
        if name not in _UNDERSTOOD:
            raise ApiError(f"The sandbox cannot change {name} of a price.", status=501, param=name)
    _claim_lookup_key(world, params, by=price["id"])
    plain = ("active", "lookup_key", "nickname", "tax_behavior")
    changes: JsonObject = {name: params[name] for name in plain if name in params}
    if "metadata" in params:
        changes["metadata"] = metadata.merged(price["metadata"], params["metadata"])
    before = {name: price[name] for name in changes if price[name] != changes[name]}
    world.store.change(price, **changes)
    emit(world, "price.updated", price, before)
    return price
