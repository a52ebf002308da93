"""What the sandbox knows of each kind of object beyond its stored fields, and the register of calls it answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stripe_sandbox.errors import ApiError, JsonObject, no_such
from stripe_sandbox.world import World

Presenter = Callable[[World, JsonObject], JsonObject]

_presenters: dict[str, Presenter] = {}
_includes: dict[tuple[str, str], Presenter] = {}
_handlers: dict[str, "Handler"] = {}


@dataclass(frozen=True)
class Call:
    """One checked call: the ids of its address and its typed parameters."""

    world: World
    ids: tuple[str, ...]
    params: dict[str, Any]

    def own(self, kind: str, noun: str, position: int = 0) -> JsonObject:
        """The object that the address names, or 404."""
        obj = self.world.store.get(kind, self.ids[position])
        if obj is None:
            raise no_such(noun, self.ids[position])
        return obj


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    objects: list[JsonObject]
    has_more: bool
    url: str


@dataclass(frozen=True)
class Shown:
    """An answer that differs from the stored object, such as an endpoint with its secret when it is created."""

    obj: JsonObject
    extra: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Stands:
    """An error to be answered although what was done stands, such as a declined card with its failed charge."""

    error: ApiError


Handler = Callable[[Call], "JsonObject | Page | Shown | Stands"]


def answers(method: str, path: str) -> Callable[[Handler], Handler]:
    """Register the function that answers a route, named by its key with ``{}`` for ids."""

    def register(handler: Handler) -> Handler:
        _handlers[f"{method} {path}"] = handler
        return handler

    return register


def handler_for(key: str) -> Handler | None:
    """The function that answers this route, if the sandbox has one."""
    return _handlers.get(key)


def answered_routes() -> list[str]:
    """Keys of every route the sandbox answers."""
    return sorted(_handlers)


def presents(kind: str) -> Callable[[Presenter], Presenter]:
    """Register what is computed each time an object of this kind is shown."""

    def register(presenter: Presenter) -> Presenter:
        _presenters[kind] = presenter
        return presenter

    return register


def includes(kind: str, field_name: str) -> Callable[[Presenter], Presenter]:
    """Register a field that is shown only when a caller asks to expand it."""

    def register(presenter: Presenter) -> Presenter:
        _includes[kind, field_name] = presenter
        return presenter

    return register


def shown(world: World, obj: JsonObject) -> JsonObject:
    """The object as the API shows it, without the sandbox's own fields (those that begin with an underscore)."""
    visible = {name: value for name, value in obj.items() if name[0] != "_"}
    presenter = _presenters.get(obj["object"])
    return presenter(world, visible) if presenter else visible


def included(kind: str, field_name: str) -> Presenter | None:
    """How to make a field that is shown on demand."""
    return _includes.get((kind, field_name))
