"""Checks a call's parameters against the SDK's TypedDicts, and turns their text into typed values.

The first use of a route compiles its TypedDict into small functions (some milliseconds); after that a check
takes well under a millisecond.
"""

import functools
import importlib
import re
import types
import typing
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NotRequired, Union, get_args, get_origin

from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import is_typeddict

from stripe_sandbox.contract.routes import Route
from stripe_sandbox.errors import ApiError, invalid, missing

Check = Callable[[Any, str], Any]

_INTEGER = re.compile(r"-?[0-9]{1,18}\Z")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?\Z")
_LONGEST_TEXT = 5000
# RequestOptions names these in quotes; they must mean something while annotations are read.
_OPTION_NAMES = {"Mapping": Mapping, "StripeContext": object}


def check(route: Route, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters with their types, or ApiError (400) naming the first that is wrong."""
    if route.params_class is None or route.params_module is None:
        return params
    checked: dict[str, Any] = _compiled(route.params_module, route.params_class)(params, "")
    return checked


@functools.cache
def _compiled(module: str, name: str) -> Check:
    return _object(getattr(importlib.import_module(module), name))


def _compile(hint: Any) -> Check:
    """The check for one annotation."""
    plain = {str: _text, int: _integer, bool: _boolean, float: _number, Decimal: _decimal}
    if hint in plain:
        return plain[hint]
    return _compile_nested(hint, get_origin(hint))


def _compile_nested(hint: Any, origin: Any) -> Check:
    if origin is Literal:
        return _one_of(get_args(hint))
    if origin in (Union, types.UnionType):
        return _union(get_args(hint))
    if origin is list:
        return _list(_compile(get_args(hint)[0]))
    if origin is dict:
        return _dictionary(_compile(get_args(hint)[1]))
    if is_typeddict(hint):
        return _object(hint)
    return _dictionary(_anything) if _is_nested(hint) else _anything


@functools.cache
def _object(typed_dict: Any) -> Check:
    fields: dict[str, tuple[bool, Check]] = {}
    # The names that RequestOptions brings are options of the client, not parameters of the call.
    hints = typing.get_type_hints(typed_dict, localns=_OPTION_NAMES, include_extras=True)
    for name, hint in hints.items():
        if name in RequestOptions.__annotations__:
            continue
        optional = get_origin(hint) is NotRequired
        inner = get_args(hint)[0] if optional else hint
        fields[name] = (not optional, _lazily(inner))
    required = [name for name, (is_required, _) in fields.items() if is_required]

    def check_object(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise invalid("Invalid object", path)
        unknown = [_join(path, name) for name in value if name not in fields]
        if unknown:
            noun = "parameter" if len(unknown) == 1 else "parameters"
            raise invalid(f"Received unknown {noun}: {', '.join(unknown)}", unknown[0], "parameter_unknown")
        for name in required:
            if name not in value:
                raise missing(_join(path, name))
        return {name: fields[name][1](inner, _join(path, name)) for name, inner in value.items()}

    return check_object


def _lazily(hint: Any) -> Check:
    """Compile only what a call really sends: a create call may name five hundred fields and be sent ten."""
    made: list[Check] = []

    def check_later(value: Any, path: str) -> Any:
        if not made:
            made.append(_compile(hint))
        return made[0](value, path)

    return check_later


def _union(members: tuple[Any, ...]) -> Check:
    literals: list[Any] = []
    others: list[Any] = []
    for member in members:
        if get_origin(member) is Literal:
            literals.extend(get_args(member))
        elif member is not type(None):
            others.append(member)
    can_be_unset = "" in literals
    literals = [literal for literal in literals if literal != ""]
    # `Literal["a", "b"] | str` is an enumeration open to values of the future, which the sandbox doesn't know.
    others = [other for other in others if not (other is str and literals)]
    nested = [_compile(other) for other in others if _is_nested(other)]
    plain = [_compile(other) for other in others if not _is_nested(other)]
    enumeration = _one_of(tuple(literals)) if literals else None

    def check_union(value: Any, path: str) -> Any:
        if isinstance(value, dict) and nested:
            return nested[0](value, path)
        if value == "" and can_be_unset:
            return value
        if enumeration and (value in literals or not (plain or nested)):
            return enumeration(value, path)
        return (plain or nested)[0](value, path)

    return check_union


def _is_nested(hint: Any) -> bool:
    origin = get_origin(hint)
    return origin in (list, dict, UntypedStripeObject) or hint is UntypedStripeObject or bool(is_typeddict(hint))


def _one_of(values: tuple[Any, ...]) -> Check:
    by_text = {str(value).lower() if isinstance(value, bool) else str(value): value for value in values}
    names = [name for name in by_text if name]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, or {names[-1]}" if names else "empty"

    def check_one_of(value: Any, path: str) -> Any:
        if not isinstance(value, str):
            raise invalid("Invalid string", path)
        if value == "" and "" not in by_text:
            raise _empty(path)
        if value not in by_text:
            raise invalid(f"Invalid {path}: must be one of {listed}", path)
        return by_text[value]

    return check_one_of


def _list(inner: Check) -> Check:
    def check_list(value: Any, path: str) -> list[Any]:
        if not isinstance(value, dict) or not all(_INTEGER.match(key) for key in value):
            raise invalid("Invalid array", path)
        return [inner(value[key], f"{path}[{key}]") for key in sorted(value, key=int)]

    return check_list


def _dictionary(inner: Check) -> Check:
    def check_dictionary(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise invalid("Invalid object", path)
        if path.rpartition("[")[2].rstrip("]") == "metadata":
            _check_metadata(value, path)
        return {name: inner(each, _join(path, name)) if each != "" else "" for name, each in value.items()}

    return check_dictionary


def _check_metadata(value: dict[str, Any], path: str) -> None:
    if len(value) > 50:
        raise invalid("Metadata can have at most 50 keys.", path)
    for key, text in value.items():
        if len(key) > 40:
            raise invalid(f"Metadata keys can be up to 40 characters long, but '{key}' is longer.", path)
        if not isinstance(text, str):
            raise invalid("Metadata values must be strings.", _join(path, key))
        if len(text) > 500:
            raise invalid("Metadata values can have up to 500 characters.", _join(path, key))


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise invalid("Invalid string", path)
    if value == "":
        raise _empty(path)
    if len(value) > _LONGEST_TEXT:
        raise invalid(f"Invalid string: must be at most {_LONGEST_TEXT} characters", path)
    return value


def _integer(value: Any, path: str) -> int:
    if value == "":
        raise _empty(path)
    if not isinstance(value, str) or not _INTEGER.match(value):
        raise invalid(f"Invalid integer: {_shown(value)}", path, "parameter_invalid_integer")
    return int(value)


def _boolean(value: Any, path: str) -> bool:
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {_shown(value)}", path)
    return bool(value == "true")


def _number(value: Any, path: str) -> float:
    return float(_decimal(value, path))


def _decimal(value: Any, path: str) -> Decimal:
    if not isinstance(value, str) or not _NUMBER.match(value):
        raise invalid(f"Invalid decimal: {_shown(value)}", path)
    try:
        return Decimal(value)
    except InvalidOperation as error:  # pragma: no cover - the pattern admits nothing that Decimal refuses
        raise invalid(f"Invalid decimal: {_shown(value)}", path) from error


def _anything(value: Any, path: str) -> Any:
    return value


def _empty(path: str) -> ApiError:
    message = (
        f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a field; however "
        f"'{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty value."
    )
    return invalid(message, path, "parameter_invalid_empty")


def _shown(value: Any) -> str:
    return value[:100] if isinstance(value, str) else "an object"


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
