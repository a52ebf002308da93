"""``expand``: ids in an answer replaced by the objects they name, as deep as four levels."""

from collections.abc import Iterable
from typing import Any

from stripe_sandbox.contract import answers
from stripe_sandbox.errors import ApiError, JsonObject
from stripe_sandbox.kinds import Page, Shown, included, shown
from stripe_sandbox.world import World

_DEEPEST = 4
_Tree = dict[str, Any]


def present(world: World, result: "JsonObject | Page | Shown", paths: Iterable[str]) -> JsonObject:
    """A handler's result as it is answered, with the asked paths expanded. Raises ApiError for one that can't be."""
    tree = _tree(paths)
    if isinstance(result, Page):
        inner = _of_list(tree)
        data = [_expanded(world, shown(world, obj), inner, "data") for obj in result.objects]
        return {"object": "list", "data": data, "has_more": result.has_more, "url": result.url}
    if isinstance(result, Shown):
        return {**_expanded(world, shown(world, result.obj), tree, ""), **result.extra}
    return _expanded(world, shown(world, result) if "object" in result else result, tree, "")


def _tree(paths: Iterable[str]) -> _Tree:
    tree: _Tree = {}
    for path in paths:
        parts = path.split(".")
        if len(parts) - (parts[0] == "data") > _DEEPEST:
            raise ApiError(f"You cannot expand more than {_DEEPEST} levels of a property ({path}).", param="expand")
        node = tree
        for part in parts:
            node = node.setdefault(part, {})
    return tree


def _of_list(tree: _Tree) -> _Tree:
    for name in tree:
        if name != "data":
            raise _cannot(name, f"You may want to try expanding 'data.{name}' instead.")
    inner: _Tree = tree.get("data", {})
    return inner


def _cannot(path: str, hint: str = "") -> ApiError:
    return ApiError(f"This property cannot be expanded ({path}). {hint}".rstrip(), param="expand")


def _expanded(world: World, obj: JsonObject, tree: _Tree, path: str, within: type | None = None) -> JsonObject:
    """``within`` is the SDK's class of what is no object of its own, such as ``payment`` of an invoice payment."""
    if not tree:
        return obj
    cls = within if within is not None else answers.resource_class(obj.get("object", ""))
    result = dict(obj)
    for name, inner in tree.items():
        result[name] = _field(world, obj, name, inner, path=f"{path}.{name}" if path else name, cls=cls)
    return result


def _field(world: World, obj: JsonObject, name: str, inner: _Tree, *, path: str, cls: type | None) -> Any:
    maker = included(obj.get("object", ""), name)
    if maker is not None:
        return _expanded_list(world, maker(world, obj), inner, path)
    value = obj.get(name)
    if name in answers.expandable_fields(cls):
        if value is None or isinstance(value, dict):
            return value
        target = world.store.find(value)
        # An object that isn't kept, such as one of another account, stays an id.
        return value if target is None else _expanded(world, shown(world, target), inner, path)
    if isinstance(value, dict) and value.get("object") == "list":
        return _expanded_list(world, value, inner, path)
    if isinstance(value, dict) and inner:
        own = None if "object" in value else answers.nested_class(cls, name)
        return _expanded(world, value, inner, path, own)
    if value is None and inner and answers.nested_class(cls, name) is not None:
        return None
    raise _cannot(path)


def _expanded_list(world: World, value: JsonObject, inner: _Tree, path: str) -> JsonObject:
    if not inner:
        return value
    each = _of_list(inner)
    return {**value, "data": [_expanded(world, obj, each, f"{path}.data") for obj in value["data"]]}
