"""Customers."""

import re
from typing import Any

from stripe_sandbox import metadata
from stripe_sandbox.errors import JsonObject, invalid, no_such
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import page
from stripe_sandbox.objects import subscription as subscriptions
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_EMAIL = re.compile(r"[^@\s\x00-\x1f,;<>\"()]+@[^@\s\x00-\x1f,;<>\"()]+\.[^@\s\x00-\x1f,;<>\"().]+\Z")
_NO_SETTINGS = dict.fromkeys(("custom_fields", "default_payment_method", "footer", "rendering_options"))
_PLAIN = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping", "tax_exempt")


def check_email(email: str, param: str) -> None:
    """Raise ApiError when this can't be an e-mail address."""
    if len(email) > 512 or not _EMAIL.match(email):
        raise invalid(f"Invalid email address: {email}", param, "email_invalid")


def is_email(text: str) -> bool:
    """Whether this has the form of an e-mail address."""
    return len(text) <= 512 and bool(_EMAIL.match(text))


def build(world: World, params: dict[str, Any]) -> JsonObject:
    """A new customer."""
    if params.get("email"):
        check_email(params["email"], "email")
    customer = {
        "id": world.ids.new("customer"),
        "object": "customer",
        "address": params.get("address") or None,
        "balance": 0,
        "created": world.now(),
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": params.get("description") or None,
        "discount": None,
        "email": params.get("email") or None,
        "invoice_prefix": world.ids.new("fingerprint")[:8].upper(),
        "invoice_settings": _invoice_settings(world, None, _NO_SETTINGS, params.get("invoice_settings", {})),
        "livemode": False,
        "metadata": metadata.merged({}, params.get("metadata")),
        "name": params.get("name") or None,
        "next_invoice_sequence": 1,
        "phone": params.get("phone") or None,
        "preferred_locales": params.get("preferred_locales", []),
        "shipping": params.get("shipping") or None,
        "tax_exempt": params.get("tax_exempt") or "none",
        "test_clock": params.get("test_clock"),
    }
    world.store.add(customer)
    emit(world, "customer.created", customer)
    return customer


def named(world: World, identifier: str) -> JsonObject:
    """The living customer that a parameter names."""
    customer = world.store.get("customer", identifier)
    if customer is None or customer.get("deleted"):
        raise no_such("customer", identifier, param="customer", in_path=False)
    return customer


def default_method(world: World, customer: JsonObject) -> JsonObject | None:
    """The payment method that the customer's invoices are charged to."""
    return world.store.get("payment_method", customer["invoice_settings"]["default_payment_method"] or "")


def set_default(world: World, customer: JsonObject, method: str | None) -> None:
    """Charge the customer's invoices to this method of theirs, or to none."""
    before = {"invoice_settings": {"default_payment_method": customer["invoice_settings"]["default_payment_method"]}}
    settings = {**customer["invoice_settings"], "default_payment_method": method}
    if before["invoice_settings"]["default_payment_method"] != method:
        world.store.change(customer, invoice_settings=settings)
        emit(world, "customer.updated", customer, before)


def forget_default(world: World, customer: JsonObject, method: str) -> None:
    """A method that is kept no more is nobody's default."""
    if customer["invoice_settings"]["default_payment_method"] == method:
        set_default(world, customer, None)


def _invoice_settings(world: World, customer: str | None, present: JsonObject, sent: dict[str, Any]) -> JsonObject:
    """The settings after a call that sent ``sent``; the default method must be kept for this customer."""
    named_method = sent.get("default_payment_method")
    if named_method:
        method = world.store.get("payment_method", named_method)
        if method is None:
            path = "invoice_settings[default_payment_method]"
            raise no_such("PaymentMethod", named_method, param=path, in_path=False)
        if customer is None or method["customer"] != customer:
            raise invalid(
                "The customer does not have a payment method with the ID "
                f"{named_method}. The payment method must be attached to the customer.",
                "invoice_settings[default_payment_method]",
                "resource_missing",
            )
    for name in sent:
        if name not in present:
            raise invalid(f"Received unknown parameter: invoice_settings[{name}]", f"invoice_settings[{name}]")
    return {**present, **{name: value or None for name, value in sent.items()}}


@answers("POST", "/v1/customers")
def create_customer(call: Call) -> JsonObject:
    """A new customer, at the time of the test clock that it is attached to, if it is."""
    clock = call.params.get("test_clock")
    if clock is not None and call.world.store.get("test_helpers.test_clock", clock) is None:
        raise no_such("test clock", clock, param="test_clock", in_path=False)
    with call.world.at_time_of({"test_clock": clock}):
        return build(call.world, call.params)


@answers("GET", "/v1/customers")
def list_customers(call: Call) -> Page:
    """Customers, by e-mail if asked (case counts)."""
    email, clock = call.params.get("email"), call.params.get("test_clock")
    return page(
        call,
        "customer",
        url="/v1/customers",
        where=lambda each: not each.get("deleted") and clock in (None, each["test_clock"]),
        among=("email", email),
    )


@answers("GET", "/v1/customers/{}")
def retrieve_customer(call: Call) -> JsonObject:
    """One customer; of a deleted one only that it was."""
    return call.own("customer", "customer")


@answers("POST", "/v1/customers/{}")
def update_customer(call: Call) -> JsonObject:
    """Change a customer."""
    customer = call.own("customer", "customer")
    if customer.get("deleted"):
        raise no_such("customer", customer["id"])
    if call.params.get("email"):
        check_email(call.params["email"], "email")
    changes: JsonObject = {name: call.params[name] or None for name in _PLAIN if name in call.params}
    if "metadata" in call.params:
        changes["metadata"] = metadata.merged(customer["metadata"], call.params["metadata"])
    if "invoice_settings" in call.params:
        sent = call.params["invoice_settings"]
        changes["invoice_settings"] = _invoice_settings(call.world, customer["id"], customer["invoice_settings"], sent)
    before = {name: customer[name] for name in changes if customer[name] != changes[name]}
    call.world.store.change(customer, **changes)
    emit(call.world, "customer.updated", customer, before)
    return customer


@answers("DELETE", "/v1/customers/{}")
def delete_customer(call: Call) -> JsonObject:
    """Erase a customer: nothing of it is kept but that it was, and its subscriptions end."""
    customer = call.own("customer", "customer")
    for subscription in call.world.store.where("subscription", "customer", customer["id"]):
        if subscription["status"] not in subscriptions.ENDED:
            with call.world.at_time_of(subscription):
                subscriptions.end(call.world, subscription, reason="cancellation_requested")
    for method in call.world.store.where("payment_method", "customer", customer["id"]):
        call.world.store.change(method, customer=None, _detached=True)
    emit(call.world, "customer.deleted", customer)
    call.world.store.remove(customer)
    stone = {"id": customer["id"], "object": "customer", "deleted": True}
    return call.world.store.add(stone)
