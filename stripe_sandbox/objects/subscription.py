"""Subscriptions: what is charged again and again, and the eight states of that."""

from typing import Any

from stripe_sandbox import agenda
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.kinds import Call, Page, answers, presents, shown
from stripe_sandbox.listing import page
from stripe_sandbox.objects import subscription_item as items
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

#: States after which nothing happens any more.
ENDED = ("canceled", "incomplete_expired")

#: Fields that every subscription of the sandbox has alike; they are shown, not stored.
_ALIKE: JsonObject = {
    "application": None,
    "application_fee_percent": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible", "updated_at": None},
    "billing_schedules": [],
    "billing_thresholds": None,
    "collection_method": "charge_automatically",
    "customer_account": None,
    "days_until_due": None,
    "default_source": None,
    "default_tax_rates": [],
    "discounts": [],
    "invoice_settings": {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": {"type": "self"},
    },
    "livemode": False,
    "next_pending_invoice_item_invoice": None,
    "on_behalf_of": None,
    "pending_invoice_item_interval": None,
    "pending_setup_intent": None,
    "pending_update": None,
    "schedule": None,
    "transfer_data": None,
}
#: The details of a subscription that nobody has canceled.
NO_WHY = {"comment": None, "feedback": None, "feedback_option": None, "reason": None}


def add(
    world: World,
    customer: JsonObject,
    *,
    anchor: int,
    currency: str,
    status: str,
    anchor_day: int | None = None,
    **facts: Any,
) -> JsonObject:
    """A new subscription, without items and untold; ``anchor_day`` is the day where the anchor's month lacks it."""
    now = world.now()
    subscription = {
        "id": world.ids.new("subscription"),
        "object": "subscription",
        "billing_cycle_anchor": anchor,
        "billing_cycle_anchor_config": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": NO_WHY,
        "created": now,
        "currency": currency,
        "customer": customer["id"],
        "default_payment_method": None,
        "description": None,
        "ended_at": None,
        "latest_invoice": None,
        "metadata": {},
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "start_date": now,
        "status": status,
        "status_details": None,
        "test_clock": customer["test_clock"],
        "trial_end": None,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": None,
        "_anchor_day": anchor_day,
        **facts,
    }
    return world.store.add(subscription)


def change(world: World, subscription: JsonObject, *, was: JsonObject | None = None, **fields: Any) -> None:
    """Change it and tell what was; ``was`` adds what changed beside these fields, such as its items."""
    before = {name: subscription[name] for name in fields if name[0] != "_" and subscription[name] != fields[name]}
    world.store.change(subscription, **fields)
    if before or was:
        emit(world, "customer.subscription.updated", subscription, {**before, **(was or {})})


def tell_resumed(world: World, subscription: JsonObject) -> None:
    """It was paused and is no more."""
    emit(world, "customer.subscription.resumed", subscription)
    emit(world, "customer.subscription.updated", subscription, {"status": "paused"})


def shown_items(world: World, subscription: JsonObject) -> JsonObject:
    """The list of its items as the subscription shows it."""
    kept = items.of(world, subscription)
    url = f"/v1/subscription_items?subscription={subscription['id']}"
    return {"object": "list", "data": [shown(world, item) for item in kept], "has_more": False, "url": url}


def end(
    world: World,
    subscription: JsonObject,
    *,
    reason: str | None,
    why: JsonObject | None = None,
    status: str = "canceled",
) -> None:
    """Nothing is charged for it any more: what it planned is forgotten, its open invoices are left alone."""
    now = world.now()
    agenda.cancel_all(world, subscription)
    for invoice in world.store.where("invoice", "_subscription", subscription["id"]):
        if invoice["status"] in ("draft", "open"):
            agenda.cancel_all(world, invoice)
            world.store.change(invoice, auto_advance=False, automatically_finalizes_at=None, next_payment_attempt=None)
    details = {**subscription["cancellation_details"], **(why or {})}
    fields: JsonObject = {"status": status, "ended_at": now, "cancel_at_period_end": False}
    if status == "canceled":
        details["reason"] = reason or details["reason"]
        fields["canceled_at"] = subscription["canceled_at"] or now
    if status != "canceled":
        change(world, subscription, **fields)
        return
    world.store.change(subscription, **fields, cancellation_details=details)
    emit(world, "customer.subscription.deleted", subscription)


@presents("subscription")
def _whole(world: World, subscription: JsonObject) -> JsonObject:
    return {**_ALIKE, **subscription, "items": shown_items(world, subscription)}


@answers("GET", "/v1/subscriptions")
def list_subscriptions(call: Call) -> Page:
    """Subscriptions by customer, price, period and state; those that are canceled only when asked for."""
    params = call.params
    status = params.get("status")

    def is_asked_for(subscription: JsonObject) -> bool:
        if not _has_status(subscription, status):
            return False
        if params.get("test_clock", subscription["test_clock"]) != subscription["test_clock"]:
            return False
        own = items.of(call.world, subscription)
        if "price" in params and params["price"] not in [item["_price"] for item in own]:
            return False
        return _is_within(params.get("current_period_end"), min(item["current_period_end"] for item in own)) and (
            _is_within(params.get("current_period_start"), max(item["current_period_start"] for item in own))
        )

    among = ("customer", params.get("customer"))
    return page(call, "subscription", url="/v1/subscriptions", where=is_asked_for, among=among)


def _has_status(subscription: JsonObject, status: str | None) -> bool:
    if status == "all":
        return True
    if status == "ended":
        return subscription["status"] in ENDED
    return bool(subscription["status"] == status if status else subscription["status"] != "canceled")


def _is_within(bounds: Any, second: int) -> bool:
    if not isinstance(bounds, dict):
        return bounds in (None, second)
    return bool(
        second > bounds.get("gt", second - 1)
        and second >= bounds.get("gte", second)
        and second < bounds.get("lt", second + 1)
        and second <= bounds.get("lte", second)
    )


@answers("GET", "/v1/subscriptions/{}")
def retrieve_subscription(call: Call) -> JsonObject:
    """One subscription."""
    return call.own("subscription", "subscription")
