"""Webhook endpoints: who is told of events, and the secret their deliveries are signed with."""

import time
from typing import Any
from urllib.parse import urlsplit

from stripe_sandbox import metadata
from stripe_sandbox.contract import API_VERSION
from stripe_sandbox.errors import JsonObject, invalid
from stripe_sandbox.kinds import Call, Page, Shown, answers
from stripe_sandbox.listing import page
from stripe_sandbox.world import World

_MOST_ENDPOINTS = 16


def build(world: World, params: dict[str, Any], secret: str | None = None) -> JsonObject:
    """A new enabled endpoint."""
    _check_url(params["url"])
    secret = secret or world.ids.new("webhook_secret")
    endpoint = {
        "id": world.ids.new("webhook_endpoint"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version", API_VERSION),
        "application": None,
        "created": world.now(),
        "description": params.get("description") or None,
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": metadata.merged({}, params.get("metadata")),
        "status": "enabled",
        "url": params["url"],
        "_secrets": [{"secret": secret, "until": None}],
    }
    return world.store.add(endpoint)


def ensure(world: World, url: str, secret: str, *, of_command_line: bool = False) -> JsonObject:
    """The endpoint of this address, made if need be, signing with this secret and hearing of everything.

    The command line has one endpoint: what it named at an earlier start is forgotten, or each event would wait for a
    receiver that is gone.
    """
    with world.act():
        for endpoint in list(world.store.all("webhook_endpoint")):
            if of_command_line and endpoint.get("_of_command_line") and endpoint["url"] != url:
                world.store.remove(endpoint)
        found = next((each for each in world.store.all("webhook_endpoint") if each["url"] == url), None)
        endpoint = found or build(world, {"url": url, "enabled_events": ["*"]}, secret)
        facts = {"_secrets": [{"secret": secret, "until": None}], "_of_command_line": of_command_line}
        return world.store.change(endpoint, status="enabled", **facts)


def rotate_secret(world: World, endpoint: JsonObject, secret: str | None, overlap: float) -> str:
    """Give the endpoint a new secret; the old one signs too for ``overlap`` seconds more (machine time)."""
    fresh = secret or world.ids.new("webhook_secret")
    until = time.time() + overlap
    older = [{**each, "until": min(each["until"] or until, until)} for each in endpoint["_secrets"]]
    world.store.change(endpoint, _secrets=[{"secret": fresh, "until": None}, *older])
    return fresh


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("Invalid URL: An explicit scheme (such as https) must be provided.", "url", "url_invalid")


def _check_events(params: dict[str, Any]) -> None:
    if "enabled_events" in params and not params["enabled_events"]:
        raise invalid("You must enable at least one event.", "enabled_events")


@answers("POST", "/v1/webhook_endpoints")
def create_endpoint(call: Call) -> Shown:
    """A new endpoint; the only answer that shows its secret."""
    _check_events(call.params)
    if len(list(call.world.store.all("webhook_endpoint"))) >= _MOST_ENDPOINTS:
        raise invalid(f"You have reached the maximum of {_MOST_ENDPOINTS} test webhook endpoints.", "url")
    endpoint = build(call.world, call.params)
    return Shown(endpoint, {"secret": endpoint["_secrets"][0]["secret"]})


@answers("GET", "/v1/webhook_endpoints")
def list_endpoints(call: Call) -> Page:
    """All endpoints."""
    return page(call, "webhook_endpoint", url="/v1/webhook_endpoints")


@answers("GET", "/v1/webhook_endpoints/{}")
def retrieve_endpoint(call: Call) -> JsonObject:
    """One endpoint."""
    return call.own("webhook_endpoint", "webhook endpoint")


@answers("POST", "/v1/webhook_endpoints/{}")
def update_endpoint(call: Call) -> JsonObject:
    """Change its address, its events, its description, or switch it on or off."""
    endpoint = call.own("webhook_endpoint", "webhook endpoint")
    _check_events(call.params)
    changes: JsonObject = {name: call.params[name] for name in ("url", "enabled_events") if name in call.params}
    if "url" in changes:
        _check_url(changes["url"])
    if "description" in call.params:
        changes["description"] = call.params["description"] or None
    if "disabled" in call.params:
        changes["status"] = "disabled" if call.params["disabled"] else "enabled"
    if "metadata" in call.params:
        changes["metadata"] = metadata.merged(endpoint["metadata"], call.params["metadata"])
    return call.world.store.change(endpoint, **changes)


@answers("DELETE", "/v1/webhook_endpoints/{}")
def delete_endpoint(call: Call) -> JsonObject:
    """Forget an endpoint; what was still to be delivered to it is abandoned."""
    endpoint = call.own("webhook_endpoint", "webhook endpoint")
    call.world.store.remove(endpoint)
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}
