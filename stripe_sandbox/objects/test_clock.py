"""Test clocks: a time of their own for the customers attached to them, which only moves when told to."""

from stripe_sandbox import agenda
from stripe_sandbox.errors import ApiError, JsonObject, invalid
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import page
from stripe_sandbox.objects import subscription as subscriptions
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

__test__ = False
_KIND, _URL = "test_helpers.test_clock", "/v1/test_helpers/test_clocks"
_KEPT_SECONDS = 30 * 24 * 3600
_LONGEST_NAME = 300


def named(world: World, identifier: str) -> JsonObject:
    """The clock that a parameter names."""
    clock = world.store.get(_KIND, identifier)
    if clock is None or clock.get("deleted"):
        raise ApiError(f"No such test clock: '{identifier}'", status=400, code="resource_missing", param="test_clock")
    return clock


@answers("POST", _URL)
def create_clock(call: Call) -> JsonObject:
    """A clock that stands at ``frozen_time``."""
    world, params = call.world, call.params
    if "customer" in params:
        raise ApiError(
            "The sandbox attaches a customer to a clock only when it makes it.", status=501, param="customer"
        )
    if len(params.get("name", "")) > _LONGEST_NAME:
        raise invalid(f"Invalid string: must be at most {_LONGEST_NAME} characters", "name")
    clock = {
        "id": world.ids.new("test_clock"),
        "object": _KIND,
        "created": world.now(),
        "deletes_after": world.now() + _KEPT_SECONDS,
        "frozen_time": params["frozen_time"],
        "livemode": False,
        "name": params.get("name"),
        "status": "ready",
        "status_details": {},
    }
    world.store.add(clock)
    emit(world, "test_helpers.test_clock.created", clock)
    return clock


@answers("GET", _URL)
def list_clocks(call: Call) -> Page:
    """Every clock that was not deleted."""
    return page(call, _KIND, url=_URL, where=lambda clock: not clock.get("deleted"))


@answers("GET", _URL + "/{}")
def retrieve_clock(call: Call) -> JsonObject:
    """One clock."""
    return call.own(_KIND, "test clock")


@answers("POST", _URL + "/{}/advance")
def advance_clock(call: Call) -> JsonObject:
    """Move the clock on; what falls due by it is done before the answer, though Stripe does it after."""
    world, until = call.world, call.params["frozen_time"]
    clock = call.own(_KIND, "test clock")
    if until <= clock["frozen_time"]:
        raise invalid("`frozen_time` must be later than the clock's present one.", "frozen_time")
    world.store.change(clock, status="advancing", status_details={"advancing": {"target_frozen_time": until}})
    emit(world, "test_helpers.test_clock.advancing", clock)
    agenda.run_due(world, clock=clock["id"], until=until)
    world.store.change(clock, frozen_time=until, status="ready", status_details={})
    emit(world, "test_helpers.test_clock.ready", clock)
    return clock


@answers("DELETE", _URL + "/{}")
def delete_clock(call: Call) -> JsonObject:
    """Delete a clock with its customers, whose subscriptions end."""
    world = call.world
    clock = call.own(_KIND, "test clock")
    for subscription in world.store.where("subscription", "test_clock", clock["id"]):
        if subscription["status"] not in subscriptions.ENDED:
            with world.at_time_of(subscription):
                subscriptions.end(world, subscription, reason=None)
    for customer in world.store.where("customer", "test_clock", clock["id"]):
        world.store.remove(customer)
        world.store.add({"id": customer["id"], "object": "customer", "deleted": True})
    emit(world, "test_helpers.test_clock.deleted", clock)
    world.store.remove(clock)
    return world.store.add({"id": clock["id"], "object": _KIND, "deleted": True})
