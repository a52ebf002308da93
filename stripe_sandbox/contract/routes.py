"""Every route of the API, read from the SDK's service classes."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stripe

_METHOD = re.compile(
    r"\n    def (?P<verb>\w+)\(\s*self,(?P<arguments>.*?)\n    \) -> (?P<answer>[^\n]*):\n"
    r"(?P<body>.*?)self\._request\w*\(\s*\"(?P<method>\w+)\",\s*\"(?P<path>/v\d[^\"]*)\"",
    re.DOTALL,
)
_PARAMS = re.compile(r"params: (?:Optional\[)?\s*\"(\w+)\"")
_IMPORT = re.compile(r"from (stripe\.params[\w.]*) import \(?\s*(\w+)")


# Parts of a path to what follows them; None to the route that ends there.
_Node = dict[Any, Any]


@dataclass(frozen=True)
class Route:
    """One call of the API."""

    method: str
    path: str
    verb: str
    params_module: str | None
    params_class: str | None

    @property
    def key(self) -> str:
        """Method and path with the names of its parts left out: ``POST /v1/refunds/{}/cancel``."""
        return f"{self.method} {re.sub(r'{[^}]*}', '{}', self.path)}"


@functools.cache
def all_routes() -> dict[str, Route]:
    """Every route by its key. Some 650 of them, read in about a tenth of a second."""
    routes: dict[str, Route] = {}
    for file in sorted(Path(stripe.__file__).parent.rglob("_*_service.py")):
        text = file.read_text(encoding="utf-8")
        modules = {name: module for module, name in _IMPORT.findall(text)}
        for match in _METHOD.finditer(text):
            found = _PARAMS.search(match["arguments"])
            params = found[1] if found else None
            route = Route(
                method=match["method"].upper(),
                path=match["path"],
                verb=match["verb"],
                params_module=modules.get(params) if params else None,
                params_class=params,
            )
            routes.setdefault(route.key, route)
    return routes


@functools.cache
def _tree() -> _Node:
    tree: _Node = {}
    for route in all_routes().values():
        node = tree
        for part in route.key.replace(" ", "", 1).split("/"):
            node = node.setdefault(part, {})
        node[None] = route
    return tree


def match(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """The route that an address belongs to, with the ids in it; None when Stripe knows no such address."""
    return _walk(_tree().get(method, {}), path.split("/")[1:])


def _walk(node: _Node, parts: list[str]) -> tuple[Route, tuple[str, ...]] | None:
    if not parts:
        route = node.get(None)
        return (route, ()) if route else None
    head, rest = parts[0], parts[1:]
    if head in node:
        found = _walk(node[head], rest)
        if found:
            return found
    if head and "{}" in node:
        found = _walk(node["{}"], rest)
        if found:
            return found[0], (head, *found[1])
    return None
