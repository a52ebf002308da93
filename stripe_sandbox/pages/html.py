"""HTML from strings that escape what they are given."""

from collections.abc import Iterable
from html import escape


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def h(template: str, **values: object) -> Html:
    """The template with its ``{names}`` filled in: ``Html`` as it is, anything else escaped, None as nothing."""
    return Html(template.format(**{name: _escaped(value) for name, value in values.items()}))


def join(parts: Iterable[Html]) -> Html:
    """Pieces one after another."""
    return Html("".join(parts))


def attributes(**values: str | bool | None) -> Html:
    """Attributes with a leading space each; underscores become hyphens, None and False are left out."""
    written = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        key = name.rstrip("_").replace("_", "-")
        written.append(f" {key}" if value is True else f' {key}="{escape(value)}"')
    return Html("".join(written))


def _escaped(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, Html) else escape(str(value))
