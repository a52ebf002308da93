"""Subscriptions are made: by a call, or by a checkout session that was paid."""

from typing import Any

from stripe_sandbox import calendar_months, collection, metadata, money, renewal
from stripe_sandbox.cards import AUTHENTICATION_REQUIRED
from stripe_sandbox.errors import ApiError, JsonObject, invalid, missing
from stripe_sandbox.kinds import Call, answers
from stripe_sandbox.objects import customer as customers
from stripe_sandbox.objects import invoice as invoices
from stripe_sandbox.objects import invoice_line, invoice_payment, payment_method
from stripe_sandbox.objects import subscription as subscriptions
from stripe_sandbox.objects import subscription_item as items
from stripe_sandbox.renewal import Beginning
from stripe_sandbox.world import World

_UNDERSTOOD = {
    *("customer", "items", "metadata", "description", "currency", "default_payment_method", "off_session", "expand"),
    *("payment_behavior", "proration_behavior", "billing_cycle_anchor", "collection_method"),
    *("billing_cycle_anchor_config", "trial_end", "trial_period_days", "trial_settings", "cancel_at"),
    *("billing_mode",),
}
_BOUNDS = {"day_of_month": (1, 31), "month": (1, 12), "hour": (0, 23), "minute": (0, 59), "second": (0, 59)}
_DAY = 24 * 3600
_LONGEST_TRIAL = 2 * 366 * _DAY


def check_understood(params: dict[str, Any], understood: set[str]) -> None:
    """Raise ApiError for what the sandbox does not do."""
    for name, value in params.items():
        if name not in understood and value not in (False, {"enabled": False}, []):
            raise ApiError(f"The sandbox does not do {name} of subscriptions.", status=501, param=name)
    if params.get("billing_mode", {}).get("type", "flexible") != "flexible":
        raise ApiError("The sandbox bills in flexible mode alone.", status=501, param="billing_mode[type]")
    if params.get("collection_method", "charge_automatically") != "charge_automatically":
        raise ApiError("The sandbox sends no invoices to be paid.", status=501, param="collection_method")


def no_prorations(param: str = "proration_behavior") -> ApiError:
    """The sandbox can't say what a part of a period costs."""
    return ApiError("The sandbox does not prorate: send proration_behavior=none.", status=501, param=param)


@answers("POST", "/v1/subscriptions")
def create_subscription(call: Call) -> JsonObject:
    """A new subscription, whose first invoice is collected at once if something is due."""
    world, params = call.world, call.params
    check_understood(params, _UNDERSTOOD)
    if "customer" not in params:
        raise missing("customer")
    customer = customers.named(world, params["customer"])
    with world.at_time_of(customer):
        return _create(world, customer, params)


def _create(world: World, customer: JsonObject, params: dict[str, Any]) -> JsonObject:
    behavior = params.get("payment_behavior", "allow_incomplete")
    if behavior == "pending_if_incomplete":
        raise invalid(
            "`payment_behavior` can't be `pending_if_incomplete` when creating a subscription.", "payment_behavior"
        )
    beginning = _beginning(world, customer, params)
    free = beginning.anchor is not None or beginning.trial_end is not None
    total = sum(price["unit_amount"] * quantity for price, quantity, _ in beginning.items)
    due = not free and total > 0
    status = "trialing" if beginning.trial_end else "incomplete" if due else "active"
    subscription = renewal.begin(world, customer, beginning, status=status)
    if due and behavior != "default_incomplete" and collection.method_of(world, subscription) is None:
        raise invalid(
            "This customer has no attached payment source or default payment method. Please consider adding a default "
            "payment method.",
            "customer",
            "resource_missing",
        )
    # As Stripe has it: a trial begins with an invoice of nothing, the wait for a chosen day with none at all.
    if beginning.anchor is not None and not beginning.trial_end:
        return subscription
    invoice = renewal.bill_at_once(world, subscription, reason="subscription_create", free=free)
    if not due:
        return subscription
    renewal.wait_for_first_payment(world, subscription)
    if behavior != "default_incomplete":
        refusal, charge = collection.attempt(world, invoice, attended=not params.get("off_session", False))
        if refusal is not None and behavior == "error_if_incomplete":
            code = "subscription_payment_intent_requires_action" if refusal is AUTHENTICATION_REQUIRED else refusal.code
            raise ApiError(
                refusal.message,
                status=402,
                kind="card_error",
                code=code,
                decline_code=refusal.decline_code,
                charge=charge["id"] if charge else None,
            )
    return subscription


def _beginning(world: World, customer: JsonObject, params: dict[str, Any]) -> Beginning:
    if not params.get("items"):
        raise missing("items")
    chosen = [
        (
            items.chosen_price(world, sent, f"items[{number}]"),
            items.check_quantity(sent, f"items[{number}]"),
            sent.get("metadata"),
        )
        for number, sent in enumerate(params["items"])
    ]
    items.check_together([price for price, _, _ in chosen])
    currency = chosen[0][0]["currency"]
    if str(params.get("currency", currency)).lower() != currency:
        raise invalid(f"The prices of this subscription are in {currency}.", "currency")
    total = sum(price["unit_amount"] * quantity for price, quantity, _ in chosen)
    if total > money.most():
        raise invalid("The subscription's sum is too large.", "items", "amount_too_large")
    trial_end = trial_end_of(world, params)
    anchor, day = anchor_of(world, params, chosen[0][0]["recurring"], trial_end)
    return Beginning(
        items=chosen,
        anchor=anchor,
        anchor_day=day,
        trial_end=trial_end,
        facts=_facts(world, customer, params),
    )


def _facts(world: World, customer: JsonObject, params: dict[str, Any]) -> JsonObject:
    facts: JsonObject = {
        "metadata": metadata.merged({}, params.get("metadata")),
        "description": params.get("description"),
    }
    if "billing_cycle_anchor_config" in params:
        config = dict.fromkeys(("hour", "minute", "month", "second"))
        facts["billing_cycle_anchor_config"] = {**config, **params["billing_cycle_anchor_config"]}
    if "default_payment_method" in params:
        facts["default_payment_method"] = kept_method(world, customer["id"], params["default_payment_method"])
    if "cancel_at" in params:
        facts["cancel_at"] = check_cancel_at(world, params["cancel_at"])
        facts["canceled_at"] = world.now()
        facts["cancellation_details"] = {**subscriptions.NO_WHY, "reason": "cancellation_requested"}
    if "trial_settings" in params:
        facts["trial_settings"] = params["trial_settings"]
    return facts


def check_cancel_at(world: World, at: Any) -> int:
    """The second at which to cancel, which must be one that comes."""
    if not str(at).isdigit():
        raise ApiError(f"The sandbox does not do cancel_at={at}.", status=501, param="cancel_at")
    if int(at) <= world.now():
        raise invalid("The `cancel_at` timestamp must be in the future.", "cancel_at")
    return int(at)


def kept_method(world: World, customer: str, identifier: str) -> str:
    """The payment method that a parameter names, which must be kept for the customer."""
    method = payment_method.usable_by(world, identifier, customer, "default_payment_method")
    if method["customer"] != customer:
        raise invalid(
            f"The customer does not have a payment method with the ID {method['id']}. The payment method must be attached "
            "to the customer.",
            "default_payment_method",
            "resource_missing",
        )
    return str(method["id"])


def trial_end_of(world: World, params: dict[str, Any]) -> int | None:
    """When a trial ends, if one begins."""
    now = world.now()
    if "trial_period_days" in params:
        if "trial_end" in params:
            raise ApiError(
                "You may only specify one of these parameters: trial_end, trial_period_days.", param="trial_end"
            )
        days = params["trial_period_days"]
        return now + days * _DAY if days > 0 else None
    end = params.get("trial_end")
    if end in (None, "now"):
        return None
    if not now < int(end) <= now + _LONGEST_TRIAL:
        raise invalid("Invalid timestamp: must be a future one, at most two years from now.", "trial_end")
    return int(end)


def anchor_of(
    world: World, params: dict[str, Any], recurring: JsonObject, trial_end: int | None
) -> tuple[int | None, int | None]:
    """From when the whole sum is billed (None: from now, or the trial's end), and on which day of longer months.

    With a trial it is the first such instant at its end or later; what lies between is free.
    """
    start = world.now() if trial_end is None else trial_end
    names = [name for name in ("billing_cycle_anchor", "billing_cycle_anchor_config") if name in params]
    if not names:
        return None, None
    if len(names) > 1:
        raise ApiError(
            f"You may only specify one of these parameters: {', '.join(names)}.",
            code="parameters_exclusive",
            param=names[1],
        )
    config = params.get("billing_cycle_anchor_config", {})
    if config:
        _check_config(config, recurring)
        anchor = calendar_months.next_anchor(start - 1, config)
    else:
        anchor = params["billing_cycle_anchor"]
        _check_anchor(anchor, start, recurring)
    if anchor == start:
        return None, config.get("day_of_month")
    if params.get("proration_behavior") != "none":
        raise no_prorations()
    return anchor, config.get("day_of_month")


def _check_config(config: dict[str, int], recurring: JsonObject) -> None:
    for name, value in config.items():
        least, most = _BOUNDS[name]
        if not least <= value <= most:
            path = f"billing_cycle_anchor_config[{name}]"
            raise invalid(f"This value must be between {least} and {most}.", path, "parameter_invalid_integer")
    if recurring["interval"] not in ("month", "year"):
        raise invalid(
            "`billing_cycle_anchor_config` needs a price billed by months or years.", "billing_cycle_anchor_config"
        )


def _check_anchor(anchor: int, start: int, recurring: JsonObject) -> None:
    if anchor < start:
        raise invalid(
            "`billing_cycle_anchor` must be in the future, and not before the trial's end.", "billing_cycle_anchor"
        )
    natural = calendar_months.after(start, 1, recurring["interval"], recurring["interval_count"])
    if anchor > natural:
        raise invalid(
            f"`billing_cycle_anchor` cannot be later than next natural billing date ({natural}) for plan.",
            "billing_cycle_anchor",
        )


def start_from_checkout(
    world: World, session: JsonObject, customer: JsonObject, method: JsonObject | None
) -> JsonObject:
    """The subscription of a session whose first sum was taken already, with the invoice that this sum has paid.

    The session holds ``_line_items``, ``_subscription_data`` (as sent), ``_due_now`` (minor units), ``_paid_intent``
    (None when nothing was due) and ``_anchor`` (the first instant that is billed in full; None is now).
    """
    data = session["_subscription_data"]
    recurring = [line for line in session["_line_items"] if line["price"]["recurring"]]
    trial = data.get("trial_end") or data.get("trial_period_days")
    facts = {
        "metadata": metadata.merged({}, data.get("metadata")),
        "description": data.get("description"),
        "default_payment_method": method["id"] if method else None,
    }
    config = data.get("billing_cycle_anchor_config")
    if config:
        facts["billing_cycle_anchor_config"] = {**dict.fromkeys(("hour", "minute", "month", "second")), **config}
    chosen = []
    for line in recurring:
        price = world.store.get("price", line["price"]["id"])
        assert price is not None
        chosen.append((price, line["quantity"], line["metadata"]))
    anchor = session["_anchor"]
    beginning = Beginning(
        items=chosen,
        anchor=None if trial else anchor,
        anchor_day=(config or {}).get("day_of_month"),
        trial_end=anchor if trial else None,
        facts=facts,
    )
    status = "trialing" if trial and anchor else "active"
    subscription = renewal.begin(world, customer, beginning, status=status)
    if trial or anchor is None or session["_due_now"]:
        _first_invoice_of_session(world, session, subscription)
    return subscription


def _first_invoice_of_session(world: World, session: JsonObject, subscription: JsonObject) -> None:
    due: int = session["_due_now"]
    lines = _lines_of_session(world, session, subscription)
    # What was taken is what was shown; a part of a period may have been rounded in another way.
    lines[0]["amount"] += due - sum(line["amount"] for line in lines)
    invoice = renewal.bill(world, subscription, lines, reason="subscription_create")
    intent = world.store.get("payment_intent", session["_paid_intent"] or "")
    if intent is not None:
        invoice_payment.add(world, invoice, intent)
        world.store.change(invoice, attempt_count=1, attempted=True)
    invoices.finalize(world, invoice)
    collection.paid(world, invoice)


def _lines_of_session(world: World, session: JsonObject, subscription: JsonObject) -> list[JsonObject]:
    kept = iter(items.of(world, subscription))
    lines = []
    for line in session["_line_items"]:
        item = next(kept) if line["price"]["recurring"] else None
        period = renewal.period(world, subscription) if item else (world.now(), world.now())
        lines.append(
            invoice_line.build(
                world,
                line["price"],
                line["quantity"],
                line["amount_total"],
                description=invoices.described(world, line["price"], line["quantity"]),
                period=period,
                item=item,
            )
        )
    return lines
