"""Products: what a price is for."""

from typing import Any

from stripe_sandbox import metadata
from stripe_sandbox.errors import ApiError, JsonObject, invalid, no_such
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import page
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_PLAIN = ("description", "shippable", "statement_descriptor", "tax_code", "unit_label", "url")
_MANY = ("images", "marketing_features")
_UNDERSTOOD = {*_PLAIN, *_MANY, "active", "id", "metadata", "name", "expand", "package_dimensions"}
_MOST_IMAGES = 8


def build(world: World, params: dict[str, Any], *, inline: bool = False, path: str = "") -> JsonObject:
    """A new product. One made ``inline``, by a price's ``product_data``, is archived and in no list."""
    identifier = params.get("id") or world.ids.new("product")
    if world.store.find(identifier) is not None:
        raise invalid(f"Product already exists: {identifier}", "id", "resource_already_exists")
    if len(params.get("images", [])) > _MOST_IMAGES:
        raise invalid(f"You can pass at most {_MOST_IMAGES} images.", f"{path}[images]" if path else "images")
    product = {
        "id": identifier,
        "object": "product",
        "active": not inline and params.get("active", True),
        "created": world.now(),
        "default_price": None,
        "images": params.get("images", []),
        "livemode": False,
        "marketing_features": params.get("marketing_features", []),
        "metadata": metadata.merged({}, params.get("metadata")),
        "name": params["name"],
        "package_dimensions": params.get("package_dimensions"),
        "type": "service",
        "updated": world.now(),
        **{name: params.get(name) for name in _PLAIN},
        "_inline": inline,
    }
    world.store.add(product)
    if not inline:
        emit(world, "product.created", product)
    return product


def named(world: World, identifier: str, param: str) -> JsonObject:
    """The product that a parameter names."""
    product = world.store.get("product", identifier)
    if product is None:
        raise no_such("product", identifier, param=param, in_path=False)
    return product


def _check_understood(params: dict[str, Any], also: set[str]) -> None:
    for name in params:
        if name not in _UNDERSTOOD | also:
            raise ApiError(f"The sandbox does not do {name} of products.", status=501, param=name)


@answers("POST", "/v1/products")
def create_product(call: Call) -> JsonObject:
    """A new product."""
    _check_understood(call.params, set())
    return build(call.world, call.params)


@answers("GET", "/v1/products")
def list_products(call: Call) -> Page:
    """Products by id, state and kind; not those that a price's ``product_data`` made."""
    params = call.params

    def is_asked_for(product: JsonObject) -> bool:
        same = all(product[name] == params[name] for name in ("active", "shippable", "type", "url") if name in params)
        return same and not product["_inline"] and product["id"] in params.get("ids", [product["id"]])

    return page(call, "product", url="/v1/products", where=is_asked_for)


@answers("GET", "/v1/products/{}")
def retrieve_product(call: Call) -> JsonObject:
    """One product."""
    return call.own("product", "product")


@answers("POST", "/v1/products/{}")
def update_product(call: Call) -> JsonObject:
    """Change a product, archive it, or name its default price."""
    world, params, product = call.world, call.params, call.own("product", "product")
    _check_understood(params, {"default_price"})
    changes: JsonObject = {name: params[name] or None for name in _PLAIN if name in params}
    changes.update({name: params[name] or [] for name in _MANY if name in params})
    changes.update({name: params[name] for name in ("active", "name", "package_dimensions") if name in params})
    if "default_price" in params:
        price = world.store.get("price", params["default_price"])
        if price is None or price["product"] != product["id"]:
            raise no_such("price", params["default_price"], param="default_price", in_path=False)
        changes["default_price"] = price["id"]
    if "metadata" in params:
        changes["metadata"] = metadata.merged(product["metadata"], params["metadata"])
    before = {name: product[name] for name in changes if product[name] != changes[name]}
    world.store.change(product, **changes, updated=world.now())
    emit(world, "product.updated", product, before)
    return product
