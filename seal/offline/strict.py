"""JSON as we write it: UTF-8, each key once, whole numbers, not too deep; else two readers might understand it differently."""

import json
import re
from typing import Any, NoReturn

MOST_DEEP = 60
LARGEST = 2**53 - 1
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def strict_json(text: bytes | str) -> Any:
    """The value. Raises ValueError."""
    said = text.decode() if isinstance(text, bytes) else text
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", said)):
        depth += 1 if bracket in "[{" else -1
        if depth > MOST_DEEP:
            raise ValueError("too deep")
    value = json.loads(
        said, object_pairs_hook=_each_once, parse_float=_refused, parse_constant=_refused, parse_int=_whole_number
    )
    json.dumps(value, ensure_ascii=False).encode()  # half a character is no text
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _whole_number(digits: str) -> int:
    if digits == "-0" or len(digits) > 17 or abs(int(digits)) > LARGEST:
        raise ValueError(digits[:20])
    return int(digits)


def _refused(number: str) -> NoReturn:
    raise ValueError(number[:20])


def is_text(value: object) -> bool:
    """Whether it is a text of at least a sign, none of which steers a printer: a NUL parts the fields of a note."""
    return isinstance(value, str) and value != "" and min(value) >= " "


def is_month(value: object) -> bool:
    """Whether it is a month as 202611 is one."""
    return type(value) is int and 190_000 < value < 1_000_000 and 1 <= value % 100 <= 12
