"""Lists, newest first, a page at a time."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from stripe_sandbox.errors import ApiError, JsonObject, no_such
from stripe_sandbox.kinds import Call, Page
from stripe_sandbox.world import World

_DEFAULT, _MOST = 10, 100


def page(call: Call, kind: str, *, url: str, where: Callable[[JsonObject], bool] = lambda _: True) -> Page:
    """The page of a kind that ``limit``, ``starting_after``, ``ending_before`` and ``created`` ask for."""
    created = call.params.get("created")
    objects = (
        obj
        for obj in call.world.store.all(kind, newest_first=True)
        if where(obj) and (created is None or _is_created(obj, created))
    )
    return cut(call.world, objects, call.params, url=url)


def cut(world: World, objects: Iterable[JsonObject], params: dict[str, Any], *, url: str, known: bool = False) -> Page:
    """The asked page of objects that are in their order already; ``known`` when the cursors were checked."""
    limit = params.get("limit", _DEFAULT)
    if not 1 <= limit <= _MOST:
        bound = "greater than or equal to 1" if limit < 1 else f"less than or equal to {_MOST}"
        raise ApiError(f"This value must be {bound}.", param="limit", code="parameter_invalid_integer")
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise ApiError(
            "You may only specify one of these parameters: starting_after, ending_before.",
            code="parameters_exclusive",
            param="starting_after",
        )
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and not known and world.store.find(cursor) is None:
            raise no_such("object", cursor, param=name, in_path=False)
    if before:
        newer = []
        for obj in objects:
            if obj["id"] == before:
                break
            newer.append(obj)
        return Page(newer[-limit:], has_more=len(newer) > limit, url=url)
    rest = iter(objects)
    if after:
        for obj in rest:
            if obj["id"] == after:
                break
    chosen = list(islice(rest, limit + 1))
    return Page(chosen[:limit], has_more=len(chosen) > limit, url=url)


def _is_created(obj: JsonObject, bounds: int | dict[str, int]) -> bool:
    at = obj["created"]
    if isinstance(bounds, int):
        return bool(at == bounds)
    return bool(
        at > bounds.get("gt", at - 1)
        and at >= bounds.get("gte", at)
        and at < bounds.get("lt", at + 1)
        and at <= bounds.get("lte", at)
    )
