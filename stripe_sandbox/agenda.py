"""What is to happen later by the sandbox's clock: a session expires, a bank's answer arrives, a refund fails."""

from collections.abc import Callable
from typing import Any

from stripe_sandbox.errors import JsonObject
from stripe_sandbox.world import World

Action = Callable[[World, JsonObject, JsonObject], None]

_actions: dict[str, Action] = {}


def happens_later(name: str) -> Callable[[Action], Action]:
    """Register what a job of this name does with its target and its facts."""

    def register(action: Action) -> Action:
        _actions[name] = action
        return action

    return register


def schedule(world: World, name: str, target: JsonObject, *, at: int | None, **facts: Any) -> JsonObject:
    """Note a job for the second ``at`` by the target's clock; None holds it until it is released by hand."""
    job = {"object": "_job", "id": world.ids.new("job"), "created": world.now(), "name": name, "at": at}
    return world.store.add({**job, "target": target["id"], "clock": target.get("test_clock"), "facts": facts})


def cancel(world: World, name: str, target: JsonObject) -> None:
    """Forget the jobs of this name for an object."""
    for job in world.store.where("_job", "target", target["id"]):
        if job["name"] == name:
            world.store.remove(job)


def cancel_all(world: World, target: JsonObject) -> None:
    """Forget every job for an object."""
    for job in world.store.where("_job", "target", target["id"]):
        world.store.remove(job)


def run_due(world: World, *, clock: str | None = None, until: int | None = None) -> int:
    """Do what is due by now, each job at its own second and with what follows from it; returns how many ran.

    Each job is an act of its own: what ran before one that fails stands. ``clock`` names a test clock, whose time
    is ``until``; by default the jobs are those of the sandbox's own clock.
    """
    ran = 0
    with world.lock:
        by = world.now() if until is None else until
        while (job := world.store.soonest(clock)) is not None and job["at"] <= by:
            with world.clock.standing_at(job["at"], is_test_clock=clock is not None):
                _run(world, job)
            ran += 1
    return ran


def release(world: World, *, name: str | None = None, target: str | None = None, **facts: Any) -> list[str]:
    """Do held jobs now, those of a name or a target or all; returns their targets."""
    chosen = [
        job
        for job in world.store.all("_job")
        if (job["name"] == name if name else job["at"] is None) and target in (None, job["target"])
    ]
    for job in chosen:
        _run(world, {**job, "facts": {**job["facts"], **facts}})
    return [job["target"] for job in chosen]


def _run(world: World, job: JsonObject) -> None:
    with world.act():
        kept = world.store.find(job["id"])
        if kept is None:
            return
        world.store.remove(kept)
        target = world.store.find(job["target"])
        if target is not None:
            _actions[job["name"]](world, target, job["facts"])
