"""Invoices: what is due for a period of a subscription, from its draft to its end."""

from typing import Any

from stripe_sandbox import agenda, dunning, metadata, money
from stripe_sandbox.errors import ApiError, JsonObject
from stripe_sandbox.kinds import Call, Page, answers, presents
from stripe_sandbox.listing import page
from stripe_sandbox.objects import invoice_line
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

#: Fields that every invoice of the sandbox has alike; they are shown, not stored.
_ALIKE: JsonObject = {
    "account_country": "PL",
    "account_name": "Sandbox",
    "account_tax_ids": None,
    "amount_overpaid": 0,
    "amount_paid_off_stripe": 0,
    "amount_shipping": 0,
    "application": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None, "provider": None, "status": None},
    "collection_method": "charge_automatically",
    "custom_fields": None,
    "customer_account": None,
    "customer_address": None,
    "customer_phone": None,
    "customer_shipping": None,
    "customer_tax_exempt": "none",
    "customer_tax_ids": [],
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "due_date": None,
    "footer": None,
    "from_invoice": None,
    "invoice_pdf": None,
    "issuer": {"type": "self"},
    "last_finalization_error": None,
    "latest_revision": None,
    "livemode": False,
    "on_behalf_of": None,
    "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "receipt_number": None,
    "rendering": None,
    "shipping_cost": None,
    "shipping_details": None,
    "starting_balance": 0,
    "statement_descriptor": None,
    "threshold_reason": None,
    "total_discount_amounts": [],
    "total_pretax_credit_amounts": [],
    "total_taxes": [],
}
_NO_TRANSITIONS = dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at"))


def draft(
    world: World,
    subscription: JsonObject,
    customer: JsonObject,
    lines: list[JsonObject],
    *,
    reason: str,
    period: tuple[int, int],
    finalizes_at: int | None,
) -> JsonObject:
    """A new draft with these lines. It isn't finalised by itself when ``finalizes_at`` is None."""
    invoice = _new(world, subscription, customer, lines, reason=reason, period=period, finalizes_at=finalizes_at)
    world.store.add(invoice)
    emit(world, "invoice.created", invoice)
    return invoice


def previewed(
    world: World, subscription: JsonObject, lines: list[JsonObject], *, period: tuple[int, int]
) -> JsonObject:
    """An invoice that is shown and not kept."""
    customer = world.store.get("customer", subscription["customer"]) or {"id": subscription["customer"]}
    made = _new(world, subscription, customer, lines, reason="upcoming", period=period, finalizes_at=None)
    made["id"] = f"upcoming_{made['id']}"
    return {name: value for name, value in whole(world, made, made).items() if name[0] != "_"}


def _new(
    world: World,
    subscription: JsonObject,
    customer: JsonObject,
    lines: list[JsonObject],
    *,
    reason: str,
    period: tuple[int, int],
    finalizes_at: int | None,
) -> JsonObject:
    total = sum(line["amount"] for line in lines)
    return {
        "id": world.ids.new("invoice"),
        "object": "invoice",
        "amount_due": total,
        "amount_paid": 0,
        "amount_remaining": total,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": finalizes_at is not None,
        "automatically_finalizes_at": finalizes_at,
        "billing_reason": reason,
        "created": world.now(),
        "currency": subscription["currency"],
        "customer": customer["id"],
        "customer_email": customer.get("email"),
        "customer_name": customer.get("name"),
        "effective_at": None,
        "metadata": {},
        "next_payment_attempt": None,
        "number": None,
        "period_end": period[1],
        "period_start": period[0],
        "status": "draft",
        "status_transitions": _NO_TRANSITIONS,
        "subtotal": total,
        "test_clock": subscription["test_clock"],
        "total": total,
        "_lines": lines,
        "_snapshot": subscription["metadata"],
        "_subscription": subscription["id"],
        "_uncollectible": None,
    }


def finalize(world: World, invoice: JsonObject) -> None:
    """Give it its number; from now on it can be paid, and its lines and its snapshot don't change any more."""
    now = world.now()
    customer = world.store.get("customer", invoice["customer"])
    number = None
    if customer is not None and not customer.get("deleted"):
        number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04}"
        world.store.change(customer, next_invoice_sequence=customer["next_invoice_sequence"] + 1)
    subscription = world.store.get("subscription", invoice["_subscription"])
    world.store.change(
        invoice,
        status="open",
        automatically_finalizes_at=None,
        effective_at=now,
        number=number,
        status_transitions={**invoice["status_transitions"], "finalized_at": now},
        _snapshot=subscription["metadata"] if subscription else invoice["_snapshot"],
    )
    emit(world, "invoice.finalized", invoice)


def close(world: World, invoice: JsonObject, status: str, *, uncollectible: str | None = None) -> None:
    """It is ``paid``, ``void`` or ``uncollectible``; no attempt follows by itself."""
    moment = {"paid": "paid_at", "void": "voided_at", "uncollectible": "marked_uncollectible_at"}[status]
    paid = status == "paid"
    world.store.change(
        invoice,
        status=status,
        amount_paid=invoice["amount_due"] if paid else invoice["amount_paid"],
        amount_remaining=0 if paid else invoice["amount_remaining"],
        attempted=invoice["attempted"] or paid,
        auto_advance=False,
        next_payment_attempt=None,
        status_transitions={**invoice["status_transitions"], moment: world.now()},
        _uncollectible=uncollectible,
    )


@presents("invoice")
def _whole(world: World, invoice: JsonObject) -> JsonObject:
    kept = world.store.find(invoice["id"])
    # One that is only previewed is whole already.
    return invoice if kept is None else whole(world, invoice, kept)


def whole(world: World, invoice: JsonObject, kept: JsonObject) -> JsonObject:
    """The invoice as it is shown; ``kept`` has the sandbox's own fields too."""
    details = {
        "metadata": kept["_snapshot"],
        "subscription": kept["_subscription"],
        "subscription_proration_date": None,
    }
    base, is_final = world.settings.base_url, kept["status"] not in ("draft",)
    uncollectible = {"reason": kept["_uncollectible"]} if kept["_uncollectible"] else None
    return {
        **_ALIKE,
        **invoice,
        "ending_balance": 0 if is_final else None,
        "hosted_invoice_url": f"{base}/i/{invoice['id']}" if is_final else None,
        "lines": {
            "object": "list",
            "data": [invoice_line.whole(kept, line) for line in kept["_lines"][:10]],
            "has_more": len(kept["_lines"]) > 10,
            "url": f"/v1/invoices/{invoice['id']}/lines",
        },
        "parent": {"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        "status_details": {"uncollectible": uncollectible} if uncollectible else None,
        "subtotal_excluding_tax": invoice["subtotal"],
        "total_excluding_tax": invoice["total"],
        "webhooks_delivered_at": invoice["created"],
    }


@answers("GET", "/v1/invoices")
def list_invoices(call: Call) -> Page:
    """Invoices by subscription, customer, state and time."""
    params = call.params

    def is_asked_for(invoice: JsonObject) -> bool:
        same = all(invoice[name] == params[name] for name in ("customer", "status") if name in params)
        by_card = params.get("collection_method", "charge_automatically") == "charge_automatically"
        return same and by_card and "due_date" not in params

    asked = params.get("subscription")
    among = ("_subscription", asked) if asked else ("customer", params.get("customer"))
    return page(call, "invoice", url="/v1/invoices", where=is_asked_for, among=among)


@answers("GET", "/v1/invoices/{}")
def retrieve_invoice(call: Call) -> JsonObject:
    """One invoice."""
    return call.own("invoice", "invoice")


@answers("POST", "/v1/invoices/{}")
def update_invoice(call: Call) -> JsonObject:
    """Change an invoice's metadata, or whether the sandbox goes on with it by itself."""
    invoice, params = call.own("invoice", "invoice"), call.params
    changes: dict[str, Any] = {}
    for name in params:
        if name not in ("metadata", "auto_advance", "expand"):
            raise ApiError(f"The sandbox cannot change {name} of an invoice.", status=501, param=name)
    if "metadata" in params:
        changes["metadata"] = metadata.merged(invoice["metadata"], params["metadata"])
    if "auto_advance" in params:
        if invoice["status"] not in ("draft", "open"):
            raise ApiError("Finalized invoices can't be updated in this way.", code="invoice_not_editable")
        changes["auto_advance"] = params["auto_advance"]
    before = {name: invoice[name] for name in changes if invoice[name] != changes[name]}
    if before.get("auto_advance") is False and invoice["status"] == "draft":
        at = call.world.now() + dunning.billing(call.world).finalizes_after
        changes["automatically_finalizes_at"] = at
        agenda.schedule(call.world, "invoice_finalizes", invoice, at=at)
    call.world.store.change(invoice, **changes)
    if before:
        emit(call.world, "invoice.updated", invoice, before)
    return invoice


def described(world: World, price: JsonObject, quantity: int) -> str:
    """What a line is for, such as ``1 × Winter kit (at 50.00 zł / month)``."""
    product = world.store.get("product", price["product"])
    name: str = product["name"] if product else price["product"]
    recurring = price["recurring"]
    sum_of_one = money.written(price["unit_amount"], price["currency"])
    if recurring is None:
        return name
    count = recurring["interval_count"]
    every = recurring["interval"] if count == 1 else f"every {count} {recurring['interval']}s"
    return f"{quantity} × {name} (at {sum_of_one} / {every})"
