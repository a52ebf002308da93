"""Checks an answered object against the SDK's classes: fields that must be there, their types, their known values."""

import functools
import types
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from typing import Any, ClassVar, ForwardRef, Literal, TypeVar, Union, get_args, get_origin

from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES
from stripe._stripe_object import StripeObject, UntypedStripeObject

from stripe_sandbox.errors import JsonObject


def problems(obj: JsonObject) -> list[str]:
    """What is wrong with an object as an answer of this API; empty when nothing is."""
    return list(_of_resource(obj, str(obj.get("object"))))


@functools.cache
def resource_class(kind: str) -> type[StripeObject] | None:
    """The SDK's class for an ``object`` name."""
    place = OBJECT_CLASSES.get(kind)
    return getattr(import_module(place[0]), place[1]) if place else None


@functools.cache
def fields_of(cls: type) -> dict[str, Any]:
    """The annotated fields of an SDK class."""
    fields: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, StripeObject) and base is not StripeObject:
            fields.update(getattr(base, "__annotations__", {}))
    return {name: hint for name, hint in fields.items() if get_origin(hint) is not ClassVar and name[0] != "_"}


@functools.cache
def expandable_fields(cls: type | None) -> frozenset[str]:
    """Fields of an SDK class that hold an id and can be expanded into the object."""
    if cls is None:
        return frozenset()
    return frozenset(name for name, hint in fields_of(cls).items() if _is_expandable(hint))


@functools.cache
def nested_class(cls: type | None, name: str) -> type | None:
    """The class of a field that is no resource of its own, such as ``payment`` of an invoice payment."""
    hint = fields_of(cls).get(name) if cls is not None else None
    own = [each for each in _members(hint) if isinstance(each, type) and issubclass(each, StripeObject)]
    return own[0] if own else None


def _is_expandable(hint: Any) -> bool:
    members = _members(hint)
    return str in members and any(_is_resource(member) for member in members)


def _is_resource(hint: Any) -> bool:
    return isinstance(hint, (ForwardRef, str)) or (isinstance(hint, type) and hasattr(hint, "OBJECT_NAME"))


def _members(hint: Any) -> list[Any]:
    if get_origin(hint) in (Union, types.UnionType):
        return [inner for member in get_args(hint) for inner in _members(member)]
    return [hint]


def _of_resource(obj: Any, path: str) -> Iterator[str]:
    if not isinstance(obj, dict) or not isinstance(obj.get("object"), str):
        yield f"{path}: not an object of the API"
        return
    if obj["object"] == "list":
        yield from _of_list(obj, path)
    elif (cls := resource_class(obj["object"])) is None:
        yield f"{path}: no class for object {obj['object']!r}"
    elif not obj.get("deleted"):
        yield from _of_class(obj, cls, path)


def _of_list(obj: JsonObject, path: str) -> Iterator[str]:
    if set(obj) != {"object", "data", "has_more", "url"}:
        yield f"{path}: a list has object, data, has_more and url, not {sorted(obj)}"
        return
    for number, each in enumerate(obj["data"]):
        yield from _of_resource(each, f"{path}.data[{number}]")


def _of_class(obj: JsonObject, cls: type, path: str) -> Iterator[str]:
    fields = fields_of(cls)
    for name in obj:
        if name not in fields:
            yield f"{path}.{name}: unknown to {cls.__name__}"
    for name, hint in fields.items():
        if name in obj:
            yield from _of_value(obj[name], hint, f"{path}.{name}")
        elif type(None) not in _members(hint):
            yield f"{path}.{name}: missing"


def _of_value(value: Any, hint: Any, path: str) -> Iterator[str]:
    members = _members(hint)
    if value is None:
        if type(None) not in members:
            yield f"{path}: null, which is not allowed"
        return
    literals = [literal for member in members if get_origin(member) is Literal for literal in get_args(member)]
    others = [member for member in members if get_origin(member) is not Literal and member is not type(None)]
    if literals:
        # `Literal[...] | str` leaves room for values of the future; the sandbox may only answer those of today.
        if value not in literals and not [member for member in others if member is not str]:
            yield f"{path}: {value!r} is none of {literals}"
        return
    attempts = [list(_of_member(value, member, path)) for member in others]
    if attempts and all(attempts):
        yield from attempts[-1]


def _of_member(value: Any, hint: Any, path: str) -> Iterator[str]:
    origin = get_origin(hint)
    if hint is Any or isinstance(hint, TypeVar):
        return
    if origin is list:
        if not isinstance(value, list):
            yield f"{path}: not a list"
            return
        for number, each in enumerate(value):
            yield from _of_value(each, get_args(hint)[0], f"{path}[{number}]")
    elif _is_resource(hint) or origin is ListObject or hint is ListObject:
        yield from _of_resource(value, path)
    elif hint is UntypedStripeObject or origin is UntypedStripeObject or origin is dict:
        if not isinstance(value, dict):
            yield f"{path}: not an object"
        elif "object" in value and resource_class(str(value["object"])):
            yield from _of_resource(value, path)
    elif isinstance(hint, type) and issubclass(hint, StripeObject):
        if not isinstance(value, dict):
            yield f"{path}: not an object"
            return
        yield from _of_class(value, hint, path)
    elif not _is_plain(value, hint):
        yield f"{path}: {value!r} is no {getattr(hint, '__name__', hint)}"


def _is_plain(value: Any, hint: Any) -> bool:
    if hint is Decimal:
        return isinstance(value, str)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is hint
