"""What a billing portal lets a payer do."""

from typing import Any

from stripe_sandbox import metadata
from stripe_sandbox.errors import ApiError, JsonObject, no_such
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import page
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_KIND = "billing_portal.configuration"
_PROFILE = ("headline", "privacy_policy_url", "terms_of_service_url")
#: What the sandbox's portal can't do, so that nobody thinks it does.
_NOT_DONE = ("customer_update", "subscription_pause", "subscription_update")


def add(world: World, params: dict[str, Any], *, is_default: bool = False) -> JsonObject:
    """A new configuration; features that are not named are off."""
    configuration = {
        "id": world.ids.new("billing_portal_configuration"),
        "object": _KIND,
        "active": True,
        "application": None,
        "business_profile": _merged(dict.fromkeys(_PROFILE), params.get("business_profile", {})),
        "created": world.now(),
        "default_return_url": params.get("default_return_url") or None,
        "features": _features(_all_off(), params.get("features", {})),
        "is_default": is_default,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": metadata.merged({}, params.get("metadata")),
        "name": params.get("name") or None,
        "updated": world.now(),
    }
    world.store.add(configuration)
    emit(world, "billing_portal.configuration.created", configuration)
    return configuration


def default(world: World) -> JsonObject:
    """The account's own configuration, which every account has: cards may be changed, subscriptions cancelled."""
    found = next((each for each in world.store.all(_KIND) if each["is_default"] and each["active"]), None)
    if found is not None:
        return found
    on = {"enabled": True}
    return add(world, {"features": {"payment_method_update": on, "subscription_cancel": on}}, is_default=True)


def named(world: World, identifier: str) -> JsonObject:
    """The active configuration that a parameter names."""
    configuration = world.store.get(_KIND, identifier)
    if configuration is None:
        raise no_such("configuration", identifier, param="configuration", in_path=False)
    if not configuration["active"]:
        raise ApiError("This configuration is not active.", param="configuration")
    return configuration


def allows(configuration: JsonObject, feature: str) -> bool:
    """Whether the portal has this feature."""
    return bool(configuration["features"][feature]["enabled"])


def _all_off() -> JsonObject:
    return {
        "customer_update": {"allowed_updates": [], "enabled": False},
        "invoice_history": {"enabled": False},
        "payment_method_update": {"enabled": False, "payment_method_configuration": None},
        "subscription_cancel": {
            "cancellation_reason": {"enabled": False, "feedback_options": None, "options": []},
            "enabled": False,
            "mode": "at_period_end",
            "proration_behavior": "none",
        },
        "subscription_pause": {"duration": {"interval_options": [], "type": "indefinite"}, "enabled": False},
        "subscription_update": {
            "billing_cycle_anchor": None,
            "default_allowed_updates": [],
            "enabled": False,
            "products": None,
            "proration_behavior": "none",
            "schedule_at_period_end": {"conditions": []},
            "trial_update_behavior": "end_trial",
        },
    }


def _features(present: JsonObject, sent: dict[str, Any]) -> JsonObject:
    for name in _NOT_DONE:
        if sent.get(name, {}).get("enabled"):
            raise ApiError(f"The sandbox's portal has no {name}.", status=501, param=f"features[{name}][enabled]")
    asks = sent.get("subscription_cancel", {}).get("cancellation_reason", {})
    if asks.get("enabled"):
        path = "features[subscription_cancel][cancellation_reason]"
        raise ApiError("The sandbox's portal asks for no reason.", status=501, param=path)
    return {name: _merged(feature, sent.get(name, {})) for name, feature in present.items()}


def _merged(present: JsonObject, sent: dict[str, Any]) -> JsonObject:
    """Field by field, nested ones too; an empty text unsets."""
    both = dict(present)
    for name, value in sent.items():
        if isinstance(value, dict) and isinstance(present.get(name), dict):
            both[name] = _merged(present[name], value)
        elif value == "":
            both[name] = [] if isinstance(present.get(name), list) else None
        else:
            both[name] = value
    return both


def _check_understood(params: dict[str, Any]) -> None:
    if params.get("login_page", {}).get("enabled"):
        raise ApiError("The sandbox's portal has no page to log in on.", status=501, param="login_page[enabled]")


@answers("POST", "/v1/billing_portal/configurations")
def create_configuration(call: Call) -> JsonObject:
    """A new configuration."""
    _check_understood(call.params)
    return add(call.world, call.params)


@answers("GET", "/v1/billing_portal/configurations")
def list_configurations(call: Call) -> Page:
    """Configurations, active or not, the default one or the others."""
    params = call.params

    def is_asked_for(configuration: JsonObject) -> bool:
        return all(configuration[name] == params[name] for name in ("active", "is_default") if name in params)

    return page(call, _KIND, url="/v1/billing_portal/configurations", where=is_asked_for)


@answers("GET", "/v1/billing_portal/configurations/{}")
def retrieve_configuration(call: Call) -> JsonObject:
    """One configuration."""
    return call.own(_KIND, "configuration")


@answers("POST", "/v1/billing_portal/configurations/{}")
def update_configuration(call: Call) -> JsonObject:
    """Change a configuration; sessions that are open follow it."""
    world, params, configuration = call.world, call.params, call.own(_KIND, "configuration")
    _check_understood(params)
    if configuration["is_default"] and params.get("active") is False:
        raise ApiError("You cannot deactivate the default configuration.", param="active")
    changes: JsonObject = {name: params[name] or None for name in ("default_return_url", "name") if name in params}
    if "active" in params:
        changes["active"] = params["active"]
    if "business_profile" in params:
        changes["business_profile"] = _merged(configuration["business_profile"], params["business_profile"])
    if "features" in params:
        changes["features"] = _features(configuration["features"], params["features"])
    if "metadata" in params:
        changes["metadata"] = metadata.merged(configuration["metadata"], params["metadata"])
    before = {name: configuration[name] for name in changes if configuration[name] != changes[name]}
    world.store.change(configuration, **changes, updated=world.now())
    emit(world, "billing_portal.configuration.updated", configuration, before)
    return configuration
