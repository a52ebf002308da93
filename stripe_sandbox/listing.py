"""Lists, newest first, a page at a time."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from stripe_sandbox.errors import ApiError, JsonObject, no_such
from stripe_sandbox.kinds import Call, Page
from stripe_sandbox.world import World

_DEFAULT, _MOST = 10, 100


def page(
    call: Call,
    kind: str,
    *,
    url: str,
    where: Callable[[JsonObject], bool] = lambda _: True,
    among: tuple[str, str | None] | None = None,
) -> Page:
    """The page of a kind that ``limit``, ``starting_after``, ``ending_before`` and ``created`` ask for.

    ``among`` names a top-level field and the value asked for (None: any), which spares looking at all the others.
    """
    store, params = call.world.store, call.params
    created, (limit, after, before) = params.get("created"), _bounds(params)
    for name in ("starting_after", "ending_before"):
        if params.get(name) and store.find(params[name]) is None:
            raise no_such("object", params[name], param=name, in_path=False)

    def is_asked_for(obj: JsonObject) -> bool:
        return bool(where(obj)) and (created is None or _is_created(obj, created))

    if among is not None and among[1] is not None:
        own = store.where(kind, *among, newest_first=True)
        found = (obj for obj in own if is_asked_for(obj))
        return cut(call.world, found, params, url=url, known=True)
    since, until = _seconds(created)
    if before and store.get(kind, before) is not None:
        newer = store.between(kind, above=before, newest_first=False, since=since, until=until)
        chosen = list(islice(filter(is_asked_for, newer), limit + 1))
        return Page(chosen[:limit][::-1], has_more=len(chosen) > limit, url=url)
    if after and store.get(kind, after) is not None:
        older = store.between(kind, below=after, since=since, until=until)
        chosen = list(islice(filter(is_asked_for, older), limit + 1))
        return Page(chosen[:limit], has_more=len(chosen) > limit, url=url)
    every = store.between(kind, since=since, until=until)
    return cut(call.world, (obj for obj in every if is_asked_for(obj)), params, url=url, known=True)


def asked(params: dict[str, Any], *names: str) -> tuple[str, str | None]:
    """The first of these parameters that was sent, with its value, for ``among`` of ``page``; name the rarest first."""
    return next(((name, params[name]) for name in names if name in params), (names[0], None))


def cut(world: World, objects: Iterable[JsonObject], params: dict[str, Any], *, url: str, known: bool = False) -> Page:
    """The asked page of objects that are in their order already; ``known`` when the cursors were checked."""
    limit, after, before = _bounds(params)
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


def _bounds(params: dict[str, Any]) -> tuple[int, str | None, str | None]:
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
    return limit, after, before


def _seconds(created: int | dict[str, int] | None) -> tuple[int | None, int | None]:
    """The seconds between which something asked for can have been made, both included; None for no bound."""
    if created is None:
        return None, None
    if isinstance(created, int):
        return created, created
    least = [created[name] + step for name, step in (("gte", 0), ("gt", 1)) if name in created]
    most = [created[name] - step for name, step in (("lte", 0), ("lt", 1)) if name in created]
    return max(least, default=None), min(most, default=None)


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
