"""Subscriptions are changed, canceled and resumed."""

from typing import Any

from stripe_sandbox import collection, metadata, renewal
from stripe_sandbox.errors import ApiError, JsonObject, invalid, no_such
from stripe_sandbox.kinds import Call, answers
from stripe_sandbox.objects import subscription as subscriptions
from stripe_sandbox.objects import subscription_item as items
from stripe_sandbox.objects.subscription_creation import (
    check_cancel_at,
    check_understood,
    kept_method,
    no_prorations,
    trial_end_of,
)
from stripe_sandbox.world import World

_UNDERSTOOD = {
    *("items", "metadata", "description", "default_payment_method", "off_session", "payment_behavior", "expand"),
    *("proration_behavior", "proration_date", "billing_cycle_anchor", "pause_collection", "cancel_at"),
    *("cancel_at_period_end", "cancellation_details", "trial_end", "trial_settings"),
    *("collection_method",),
}
_AFTER_THE_END = {"metadata", "cancellation_details", "expand"}


@answers("POST", "/v1/subscriptions/{}")
def update_subscription(call: Call) -> JsonObject:
    """Change what a subscription charges, to what, and whether it goes on."""
    world, params = call.world, call.params
    subscription = call.own("subscription", "subscription")
    check_understood(params, _UNDERSTOOD)
    if subscription["status"] in subscriptions.ENDED and set(params) - _AFTER_THE_END:
        raise ApiError(
            "A canceled subscription can only update its cancellation_details and metadata.",
            code="resource_missing",
            param="id",
        )
    with world.at_time_of(subscription):
        _update(world, subscription, params)
    return subscription


def _update(world: World, subscription: JsonObject, params: dict[str, Any]) -> None:
    fields = _plain(world, subscription, params)
    fields.update(_ending(world, subscription, params))
    was: JsonObject = {}
    before = subscriptions.shown_items(world, subscription)
    restarts = params.get("billing_cycle_anchor", {}).get("type") == "now"
    if params.get("items"):
        restarts = _change_items(world, subscription, params) or restarts
    if "trial_end" in params:
        fields.update(_trial(world, subscription, params))
        restarts = restarts or (params["trial_end"] == "now" and subscription["status"] == "trialing")
    if restarts:
        fields.update(_restart(world, subscription, params))
    after = subscriptions.shown_items(world, subscription)
    if before != after:
        was["items"] = before
    subscriptions.change(world, subscription, was=was, **fields)
    renewal.plan(world, subscription)
    if restarts:
        invoice = renewal.bill_at_once(world, subscription, reason="subscription_update")
        if invoice["status"] == "open":
            collection.attempt(world, invoice, attended=not params.get("off_session", False))


def _plain(world: World, subscription: JsonObject, params: dict[str, Any]) -> JsonObject:
    fields: JsonObject = {}
    if "metadata" in params:
        fields["metadata"] = metadata.merged(subscription["metadata"], params["metadata"])
    if "description" in params:
        fields["description"] = params["description"] or None
    if "default_payment_method" in params:
        fields["default_payment_method"] = kept_method(
            world, subscription["customer"], params["default_payment_method"]
        )
    if "cancellation_details" in params:
        fields["cancellation_details"] = _why(subscription, params["cancellation_details"])
    if "trial_settings" in params:
        fields["trial_settings"] = params["trial_settings"]
    if "pause_collection" in params:
        fields["pause_collection"] = _pause(world, params["pause_collection"])
    return fields


def _why(subscription: JsonObject, sent: dict[str, Any]) -> JsonObject:
    return {**subscription["cancellation_details"], **{name: value or None for name, value in sent.items()}}


def _pause(world: World, sent: Any) -> JsonObject | None:
    if sent == "":
        return None
    resumes_at = sent.get("resumes_at")
    if resumes_at is not None and resumes_at <= world.now():
        raise invalid("`pause_collection[resumes_at]` must be in the future.", "pause_collection[resumes_at]")
    return {"behavior": sent["behavior"], "resumes_at": resumes_at}


def _ending(world: World, subscription: JsonObject, params: dict[str, Any]) -> JsonObject:
    """What changes when it is to be canceled later, or is not to be any more."""
    if "cancel_at" in params and "cancel_at_period_end" in params:
        raise ApiError(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            code="parameters_exclusive",
            param="cancel_at",
        )
    if "cancel_at" in params:
        period_end = renewal.period(world, subscription)[1]
        sent = period_end if str(params["cancel_at"]).endswith("_period_end") else params["cancel_at"]
        at = None if sent == "" else check_cancel_at(world, sent)
        fields: JsonObject = {"cancel_at": at, "cancel_at_period_end": False}
    elif "cancel_at_period_end" in params:
        at_end = params["cancel_at_period_end"]
        fields = {
            "cancel_at": renewal.period(world, subscription)[1] if at_end else None,
            "cancel_at_period_end": at_end,
        }
    else:
        return {}
    ends = fields["cancel_at"] is not None
    reason = "cancellation_requested" if ends else None
    why = {**subscription["cancellation_details"], **_why(subscription, params.get("cancellation_details", {}))}
    return {
        **fields,
        "canceled_at": (subscription["canceled_at"] or world.now()) if ends else None,
        "cancellation_details": {**why, "reason": reason},
    }


def _change_items(world: World, subscription: JsonObject, params: dict[str, Any]) -> bool:
    """Change the prices and quantities that are named; whether the interval became another, so that billing restarts."""
    total_before = sum(items.amount(world, item) for item in items.of(world, subscription))
    interval = items.interval(world, subscription)
    period = renewal.period(world, subscription)
    for number, sent in enumerate(params["items"]):
        path = f"items[{number}]"
        if sent.get("deleted"):
            raise ApiError(
                "The sandbox does not take items out of a subscription.", status=501, param=f"{path}[deleted]"
            )
        changed = "price" in sent or "price_data" in sent
        if "id" not in sent:
            price = items.chosen_price(world, sent, path)
            quantity = items.check_quantity(sent, path)
            items.add(world, subscription, price, quantity, sent.get("metadata"), period=period)
            continue
        item = world.store.get("subscription_item", sent["id"])
        if item is None or item["subscription"] != subscription["id"]:
            raise no_such("subscription_item", sent["id"], param=f"{path}[id]", in_path=False)
        price_id = items.chosen_price(world, sent, path)["id"] if changed else item["_price"]
        # As at Stripe: with another price and no word of it, there is one.
        quantity = items.check_quantity(sent, path) if changed or "quantity" in sent else item["quantity"]
        data = metadata.merged(item["metadata"], sent.get("metadata"))
        world.store.change(item, _price=price_id, quantity=quantity, metadata=data)
    kept = items.of(world, subscription)
    items.check_together([items.price_of(world, item) for item in kept])
    prorates = params.get("proration_behavior") != "none" and subscription["status"] != "trialing"
    if prorates and sum(items.amount(world, item) for item in kept) != total_before:
        raise no_prorations()
    return items.interval(world, subscription) != interval and subscription["status"] != "trialing"


def _trial(world: World, subscription: JsonObject, params: dict[str, Any]) -> JsonObject:
    end = trial_end_of(world, params)
    if end is None:
        return {"trial_end": world.now()} if subscription["status"] == "trialing" else {}
    if subscription["status"] != "trialing" and params.get("proration_behavior") != "none":
        raise no_prorations()
    renewal.move_period(world, subscription, world.now(), end)
    return {
        "billing_cycle_anchor": end,
        "status": "trialing",
        "trial_end": end,
        "trial_start": subscription["trial_start"] if subscription["status"] == "trialing" else world.now(),
        "_anchor_day": None,
    }


def _restart(world: World, subscription: JsonObject, params: dict[str, Any]) -> JsonObject:
    """Bill a whole new period from now."""
    if params.get("proration_behavior") != "none" and subscription["status"] != "trialing":
        raise no_prorations()
    fields = renewal.restart(world, subscription)
    return {**fields, "status": "active", "trial_end": world.now()} if subscription["status"] == "trialing" else fields


@answers("DELETE", "/v1/subscriptions/{}")
def cancel_subscription(call: Call) -> JsonObject:
    """Cancel it at once: no more invoices, and those that are open are not collected any more."""
    world, params = call.world, call.params
    subscription = call.own("subscription", "subscription")
    if params.get("prorate") or params.get("invoice_now"):
        raise ApiError(
            "The sandbox does not prorate.", status=501, param="prorate" if params.get("prorate") else "invoice_now"
        )
    if subscription["status"] in subscriptions.ENDED:
        raise no_such("subscription", subscription["id"])
    with world.at_time_of(subscription):
        why = _why(subscription, params.get("cancellation_details", {}))
        first = world.store.get("invoice", subscription["latest_invoice"] or "")
        was_incomplete = subscription["status"] == "incomplete"
        subscriptions.end(world, subscription, reason="cancellation_requested", why=why)
        if was_incomplete and first is not None and first["status"] == "open":
            collection.give_up(world, first, "void")
    return subscription


@answers("POST", "/v1/subscriptions/{}/resume")
def resume_subscription(call: Call) -> JsonObject:
    """Bill a paused subscription again: from now, or from its old anchor with nothing due before."""
    world, params = call.world, call.params
    subscription = call.own("subscription", "subscription")
    if subscription["status"] != "paused":
        raise ApiError(
            f"Only subscriptions with a status of paused can be resumed. This one is {subscription['status']}.",
            code="subscription_not_paused",
        )
    with world.at_time_of(subscription):
        is_kept = params.get("billing_cycle_anchor", {}).get("type") == "unchanged"
        if is_kept and params.get("proration_behavior") != "none":
            raise no_prorations()
        _resume(world, subscription, is_kept=is_kept)
    return subscription


def _resume(world: World, subscription: JsonObject, *, is_kept: bool) -> None:
    now = world.now()
    fields: JsonObject = {}
    if is_kept:
        renewal.move_period(world, subscription, now, renewal.next_end(world, subscription, now))
    else:
        fields = renewal.restart(world, subscription)
    world.store.change(subscription, status="active", status_details=None, **fields)
    renewal.plan(world, subscription)
    subscriptions.tell_resumed(world, subscription)
    if not is_kept:
        invoice = renewal.bill_at_once(world, subscription, reason="subscription_update")
        if invoice["status"] == "open":
            collection.attempt(world, invoice, attended=False)
