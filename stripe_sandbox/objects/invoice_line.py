"""The lines of an invoice: an item of the subscription for a period, or something charged once with it."""

from typing import Any

from stripe_sandbox.errors import JsonObject, no_such
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import cut
from stripe_sandbox.world import World


def build(
    world: World,
    price: JsonObject,
    quantity: int,
    amount: int,
    *,
    description: str,
    period: tuple[int, int],
    item: JsonObject | None,
) -> JsonObject:
    """A line, as short as it is kept; ``item`` is the subscription's item, None for what is charged once."""
    return {
        "id": world.ids.new("line_item"),
        "amount": amount,
        "currency": price["currency"],
        "description": description,
        "item": item["id"] if item else world.ids.new("invoiceitem"),
        "of_subscription": item is not None,
        "period": {"end": period[1], "start": period[0]},
        "price": price["id"],
        "product": price["product"],
        "quantity": quantity,
        "unit_amount": price["unit_amount_decimal"],
    }


def whole(invoice: JsonObject, line: JsonObject) -> JsonObject:
    """The line as it is shown."""
    subscription = invoice["_subscription"]
    details: JsonObject = {
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": subscription,
    }
    if line["of_subscription"]:
        item = {**details, "invoice_item": None, "subscription_item": line["item"]}
        parent = {"invoice_item_details": None, "subscription_item_details": item, "type": "subscription_item_details"}
    else:
        once = {**details, "invoice_item": line["item"]}
        parent = {"invoice_item_details": once, "subscription_item_details": None, "type": "invoice_item_details"}
    price = {"price": line["price"], "product": line["product"]}
    return {
        "id": line["id"],
        "object": "line_item",
        "amount": line["amount"],
        "currency": line["currency"],
        "description": line["description"],
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": False,
        # Of a subscription's line Stripe shows the subscription's own metadata.
        "metadata": invoice["_snapshot"] if line["of_subscription"] else {},
        "parent": parent,
        "period": line["period"],
        "pretax_credit_amounts": [],
        "pricing": {"price_details": price, "type": "price_details", "unit_amount_decimal": line["unit_amount"]},
        "quantity": line["quantity"],
        "quantity_decimal": str(line["quantity"]),
        "subscription": subscription,
        "subtotal": line["amount"],
        "taxes": [],
    }


@answers("GET", "/v1/invoices/{}/lines")
def list_lines(call: Call) -> Page:
    """The lines of an invoice, in their order."""
    invoice = call.own("invoice", "invoice")
    lines = [whole(invoice, line) for line in invoice["_lines"]]
    for name in ("starting_after", "ending_before"):
        cursor: Any = call.params.get(name)
        if cursor and cursor not in {line["id"] for line in lines}:
            raise no_such("line item", cursor, param=name, in_path=False)
    return cut(call.world, lines, call.params, url=f"/v1/invoices/{invoice['id']}/lines", known=True)
