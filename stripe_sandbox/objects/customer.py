"""Customers."""

import re
from typing import Any

from stripe_sandbox import metadata
from stripe_sandbox.errors import JsonObject, invalid, no_such
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import page
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_EMAIL = re.compile(r"[^@\s\x00-\x1f,;<>\"()]+@[^@\s\x00-\x1f,;<>\"()]+\.[^@\s\x00-\x1f,;<>\"().]+\Z")
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
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": metadata.merged({}, params.get("metadata")),
        "name": params.get("name") or None,
        "next_invoice_sequence": 1,
        "phone": params.get("phone") or None,
        "preferred_locales": params.get("preferred_locales", []),
        "shipping": params.get("shipping") or None,
        "tax_exempt": params.get("tax_exempt") or "none",
        "test_clock": None,
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


@answers("POST", "/v1/customers")
def create_customer(call: Call) -> JsonObject:
    """A new customer."""
    return build(call.world, call.params)


@answers("GET", "/v1/customers")
def list_customers(call: Call) -> Page:
    """Customers, by e-mail if asked (case counts)."""
    email = call.params.get("email")
    return page(
        call,
        "customer",
        url="/v1/customers",
        where=lambda each: not each.get("deleted") and email in (None, each["email"]),
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
    before = {name: customer[name] for name in changes if customer[name] != changes[name]}
    call.world.store.change(customer, **changes)
    emit(call.world, "customer.updated", customer, before)
    return customer


@answers("DELETE", "/v1/customers/{}")
def delete_customer(call: Call) -> JsonObject:
    """Erase a customer: nothing of it is kept but that it was."""
    customer = call.own("customer", "customer")
    emit(call.world, "customer.deleted", customer)
    call.world.store.remove(customer)
    stone = {"id": customer["id"], "object": "customer", "deleted": True}
    return call.world.store.add(stone)
