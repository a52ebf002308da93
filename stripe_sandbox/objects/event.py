"""Events: what happened, as a snapshot, and who is to be told."""

import fnmatch
import json

from stripe_sandbox.contract import API_VERSION
from stripe_sandbox.errors import ApiError, JsonObject
from stripe_sandbox.kinds import Call, Page, answers, presents, shown
from stripe_sandbox.listing import page
from stripe_sandbox.world import World

_DAY = 24 * 3600
_text_of = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def emit(world: World, kind: str, obj: JsonObject, previous: JsonObject | None = None) -> None:
    """Note that ``kind`` (such as ``charge.succeeded``) happened to ``obj`` and tell the endpoints that listen.

    ``previous`` holds the former values of the fields that changed, for the ``*.updated`` kinds.
    """
    if world.faults.strike("event_never_made", event_type=kind) is not None:
        return
    data: JsonObject = {"object": shown(world, obj)}
    if previous is not None:
        data["previous_attributes"] = previous
    endpoints = [each for each in world.store.all("webhook_endpoint") if _listens(each, kind)]
    now = world.clock.of_account()
    _forget_old(world, now)
    event = {
        "id": world.ids.new("event"),
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "livemode": False,
        "pending_webhooks": len(endpoints),
        "request": {"id": world.cause.request_id, "idempotency_key": world.cause.idempotency_key},
        "type": kind,
        # As text: what was said then, whatever becomes of the object, in a fifth of the room that a copy takes.
        "_data": _text_of(data),
        "_deliveries": [],
    }
    world.store.add(event)
    for endpoint in endpoints:
        _plan_deliveries(world, event, endpoint)


@presents("event")
def _with_data(world: World, event: JsonObject) -> JsonObject:
    kept = world.store.find(event["id"])
    return event if kept is None or "_data" not in kept else {**event, "data": json.loads(kept["_data"])}


def _forget_old(world: World, now: int) -> None:
    """Drop the oldest events once they are older than the sandbox was told to keep them."""
    days = world.settings.events_kept_days
    if days is None:
        return
    while (oldest := next(world.store.all("event"), None)) is not None and oldest["created"] < now - days * _DAY:
        for identifier in oldest["_deliveries"]:
            delivery = world.store.find(identifier)
            if delivery is not None:
                world.store.remove(delivery)
        world.store.remove(oldest)


def _listens(endpoint: JsonObject, kind: str) -> bool:
    chosen = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in chosen or kind in chosen)


def _plan_deliveries(world: World, event: JsonObject, endpoint: JsonObject) -> None:
    """One delivery, unless a fault makes it none, several, a late one or one that waits to be shuffled."""
    kind = event["type"]
    if world.faults.strike("webhook_drop", event_type=kind) is not None:
        _add_delivery(world, event, endpoint, state="dropped")
        return
    holding = world.delivery is not None and world.delivery.holding
    state, delay = ("held" if holding else "due"), 0.0
    late = world.faults.strike("webhook_delay", event_type=kind)
    if late is not None:
        state, delay = ("due", late["seconds"]) if "seconds" in late else ("held", 0.0)
    copies = world.faults.strike("webhook_duplicate", event_type=kind)
    reorder = world.faults.strike("webhook_reorder", event_type=kind)
    for _ in range(copies.get("copies", 2) if copies is not None else 1):
        delivery = _add_delivery(world, event, endpoint, state="held" if reorder is not None else state, delay=delay)
        if reorder is not None:
            world.store.change(delivery, reordered=True)
    if reorder is not None:
        _shuffle_when_full(world, endpoint, reorder.get("window", 2))


def _shuffle_when_full(world: World, endpoint: JsonObject, window: int) -> None:
    waiting = [
        each
        for each in world.store.where("_delivery", "state", "held")
        if each["reordered"] and each["endpoint"] == endpoint["id"]
    ]
    if len(waiting) < window:
        return
    in_order = list(waiting)
    while len(waiting) > 1 and waiting == in_order:
        world.faults.random.shuffle(waiting)
    for delivery in waiting:
        world.store.change(delivery, state="due", reordered=False)
        world.send_after(delivery)


def _add_delivery(
    world: World, event: JsonObject, endpoint: JsonObject, *, state: str, delay: float = 0.0
) -> JsonObject:
    delivery = {
        "object": "_delivery",
        "id": world.ids.new("delivery"),
        "created": world.now(),
        "event": event["id"],
        "type": event["type"],
        "endpoint": endpoint["id"],
        "state": state,
        "delay": delay,
        "reordered": False,
        "attempts": [],
    }
    world.store.add(delivery)
    world.store.change(event, _deliveries=[*event["_deliveries"], delivery["id"]])
    world.send_after(delivery)
    return delivery


@answers("GET", "/v1/events")
def list_events(call: Call) -> Page:
    """Events of the last days by type and by whether they reached everyone."""
    params = call.params
    if "type" in params and "types" in params:
        raise ApiError(
            "You may only specify one of these parameters: type, types.", code="parameters_exclusive", param="types"
        )
    if len(params.get("types", [])) > 20:
        raise ApiError("You may specify up to 20 types.", param="types")
    patterns = params.get("types") or ([params["type"]] if "type" in params else ["*"])
    success = params.get("delivery_success")

    def is_asked_for(event: JsonObject) -> bool:
        if success is not None and (event["pending_webhooks"] == 0) != success:
            return False
        return any(fnmatch.fnmatchcase(event["type"], pattern) for pattern in patterns)

    return page(call, "event", url="/v1/events", where=is_asked_for)


@answers("GET", "/v1/events/{}")
def retrieve_event(call: Call) -> JsonObject:
    """One event."""
    return call.own("event", "event")
