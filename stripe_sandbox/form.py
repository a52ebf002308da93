"""Form-encoded bodies with brackets (``a[b][0]=c``) as nested values."""

import re
from typing import Any
from urllib.parse import parse_qsl

from stripe_sandbox.errors import ApiError

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_PART = re.compile(r"\[([^\[\]]*)\]")
_MOST_FIELDS = 2000
_DEEPEST = 12


def decode(text: str) -> dict[str, Any]:
    """The nested form of an encoded body or query; lists stay dictionaries with numbers as keys.

    Raises ApiError (400) when the text can't be read.
    """
    result: dict[str, Any] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except (ValueError, UnicodeDecodeError) as error:
        raise ApiError("The request could not be read: it is not form-encoded UTF-8.") from error
    for key, value in pairs:
        _set(result, key, value)
    return result


def _set(result: dict[str, Any], key: str, value: str) -> None:
    match = _KEY.match(key)
    if not match:
        raise ApiError(f"Invalid request: the parameter name {key[:100]!r} is malformed.", param=key[:100])
    path = [match[1], *_PART.findall(match[2])]
    if len(path) > _DEEPEST:
        raise ApiError("Invalid request: parameters are nested too deeply.", param=path[0])
    place = result
    for part in path[:-1]:
        inner = place.setdefault(part or str(len(place)), {})
        if not isinstance(inner, dict):
            raise ApiError(f"Invalid request: {path[0]} is both a value and an object.", param=path[0])
        place = inner
    last = path[-1] or str(len(place))
    if isinstance(place.get(last), dict):
        raise ApiError(f"Invalid request: {path[0]} is both a value and an object.", param=path[0])
    place[last] = value
