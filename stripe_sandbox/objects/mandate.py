"""Mandates: a payer's agreement to be charged again without being there."""

from stripe_sandbox.errors import JsonObject
from stripe_sandbox.kinds import Call, answers
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World


def add(world: World, method: JsonObject, acceptance: JsonObject | None = None) -> JsonObject:
    """The agreement that a payment method is kept under; ``acceptance`` is what a call said about it."""
    kind = method["type"]
    details: JsonObject = {"type": "off_session", "expires_at": None} if kind == "blik" else {}
    mandate = {
        "id": world.ids.new("mandate"),
        "object": "mandate",
        "customer_acceptance": acceptance or _of_page(world),
        "livemode": False,
        "multi_use": {},
        "payment_method": method["id"],
        "payment_method_details": {"type": kind, kind: details},
        "status": "active",
        "type": "multi_use",
    }
    world.store.add(mandate)
    world.store.change(method, _mandate=mandate["id"])
    return mandate


def _of_page(world: World) -> JsonObject:
    """Given on a hosted page. Whose address and browser it was is not kept."""
    return {"accepted_at": world.now(), "online": {"ip_address": None, "user_agent": None}, "type": "online"}


def of(world: World, method: JsonObject) -> JsonObject | None:
    """The newest agreement of a method."""
    return world.store.get("mandate", method.get("_mandate") or "")


def end(world: World, method: JsonObject) -> None:
    """The agreement of a method is over, if there was one: the method was removed, or the bank says so."""
    mandate = of(world, method)
    if mandate is not None and mandate["status"] == "active":
        world.store.change(mandate, status="inactive")
        emit(world, "mandate.updated", mandate, {"status": "active"})


@answers("GET", "/v1/mandates/{}")
def retrieve_mandate(call: Call) -> JsonObject:
    """One mandate."""
    return call.own("mandate", "mandate")
