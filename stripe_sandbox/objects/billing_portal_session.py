"""Billing portal sessions: a page on which one customer sees and changes what is kept."""

from typing import Any
from urllib.parse import urlsplit

from stripe_sandbox.errors import ApiError, JsonObject, invalid, missing, no_such
from stripe_sandbox.kinds import Call, answers, presents
from stripe_sandbox.objects import billing_portal_configuration as configurations
from stripe_sandbox.objects import customer
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_KIND = "billing_portal.session"
#: A page that was not opened is dead after five minutes; one that is used, an hour after the last use.
UNOPENED_SECONDS, IDLE_SECONDS = 300, 3600
_FLOWS = {"payment_method_update": "payment_method_update", "subscription_cancel": "subscription_cancel"}


@answers("POST", "/v1/billing_portal/sessions")
def create_session(call: Call) -> JsonObject:
    """Open a portal for a customer; its page is at ``url``."""
    world, params = call.world, call.params
    for name in ("after_expiration", "customer_account", "on_behalf_of"):
        if name in params:
            raise ApiError(f"The sandbox does not do {name} of portal sessions.", status=501, param=name)
    if "customer" not in params:
        raise missing("customer")
    who = customer.named(world, params["customer"])
    configuration = configurations.default(world)
    if "configuration" in params:
        configuration = configurations.named(world, params["configuration"])
    return_url = params.get("return_url") or configuration["default_return_url"]
    if return_url is not None:
        _check_url(return_url, "return_url")
    identifier = world.ids.new("billing_portal_session")
    session = {
        "id": identifier,
        "object": _KIND,
        "configuration": configuration["id"],
        "created": world.now(),
        "customer": who["id"],
        "customer_account": None,
        "flow": _flow(world, params["flow_data"], who, configuration) if "flow_data" in params else None,
        "livemode": False,
        "locale": params.get("locale"),
        "on_behalf_of": None,
        "return_url": return_url,
        "url": f"/p/session/{identifier}",
        # By the machine's clock or the sandbox's: the portal goes by the sandbox's.
        "_until": world.now() + UNOPENED_SECONDS,
        "_done": False,
    }
    world.store.add(session)
    emit(world, "billing_portal.session.created", session)
    return session


def _check_url(url: str, param: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise invalid("Not a valid URL", param, "url_invalid")


def _flow(world: World, sent: dict[str, Any], who: JsonObject, configuration: JsonObject) -> JsonObject:
    kind = sent["type"]
    if kind not in _FLOWS:
        raise ApiError(f"The sandbox's portal has no flow {kind}.", status=501, param="flow_data[type]")
    if not configurations.allows(configuration, _FLOWS[kind]):
        raise invalid(
            f"This `{kind}` flow cannot be used: the feature is disabled in the portal configuration.",
            "flow_data[type]",
        )
    completion = sent.get("after_completion", {"type": "portal_homepage"})
    if completion["type"] == "redirect":
        if "redirect" not in completion:
            raise missing("flow_data[after_completion][redirect]")
        _check_url(completion["redirect"]["return_url"], "flow_data[after_completion][redirect][return_url]")
    flow: JsonObject = {
        "type": kind,
        "after_completion": {"hosted_confirmation": None, "redirect": None, **completion},
        **dict.fromkeys(("subscription_cancel", "subscription_update", "subscription_update_confirm")),
    }
    if kind == "subscription_cancel":
        flow["subscription_cancel"] = _to_cancel(world, sent.get(kind), who)
    return flow


def _to_cancel(world: World, sent: dict[str, Any] | None, who: JsonObject) -> JsonObject:
    path = "flow_data[subscription_cancel]"
    if sent is None:
        raise missing(path)
    if "retention" in sent:
        raise ApiError("The sandbox's portal makes no offers.", status=501, param=f"{path}[retention]")
    subscription = world.store.get("subscription", sent["subscription"])
    if subscription is None or subscription["customer"] != who["id"]:
        raise no_such("subscription", sent["subscription"], param=f"{path}[subscription]", in_path=False)
    if subscription["ended_at"] is not None or subscription["cancel_at_period_end"]:
        raise invalid("This subscription is canceled already.", f"{path}[subscription]")
    return {"retention": None, "subscription": subscription["id"]}


def touch(world: World, session: JsonObject) -> bool:
    """Whether the page may be used now; if so, it may be for another hour."""
    if session["_until"] < world.now() or session["_done"]:
        return False
    world.store.change(session, _until=world.now() + IDLE_SECONDS)
    return True


@presents(_KIND)
def _with_url(world: World, session: JsonObject) -> JsonObject:
    return {**session, "url": world.settings.base_url + session["url"]}
