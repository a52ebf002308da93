"""Stripe's objects of a gift that comes again: its subscription, and the invoice that was paid."""

from bench.webhooks.facts import ANY, NEXT_MONTH, NOW, SUM_MINOR, Facts, listed, object_, ours, unset

PRICE, PRODUCT = f"price_m{ANY}", "prod_m1"
"""A price is each subscription's own, since the donor chose the sum; the product is everyone's."""
PERIOD = {"start": NOW, "end": NEXT_MONTH}


def product(letter: str) -> Facts:
    """What is given, by name."""
    return object_(
        "prod",
        letter,
        "product",
        active=True,
        default_price=None,
        description=None,
        images=[],
        marketing_features=[],
        name="Ciepła noc",
        package_dimensions=None,
        shippable=None,
        statement_descriptor=None,
        tax_code=None,
        type="service",
        unit_label=None,
        updated=NOW,
        url=None,
    )


def price(letter: str) -> Facts:
    """How much, and how often."""
    return object_(
        "price",
        letter,
        "price",
        active=False,
        billing_scheme="per_unit",
        currency="pln",
        custom_unit_amount=None,
        lookup_key=None,
        nickname=None,
        product=PRODUCT,
        recurring={
            "interval": "month",
            "interval_count": 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        },
        tax_behavior="unspecified",
        tiers_mode=None,
        transform_quantity=None,
        type="recurring",
        unit_amount=SUM_MINOR,
        unit_amount_decimal=str(SUM_MINOR),
    )


def subscription_item(letter: str) -> Facts:
    """The one row of the subscription."""
    made = object_(
        "si",
        letter,
        "subscription_item",
        billing_thresholds=None,
        current_period_start=NOW,
        current_period_end=NEXT_MONTH,
        discounts=[],
        plan=_plan(letter),
        price=price(letter),
        quantity=1,
        subscription=f"sub_{letter}{ANY}",
        tax_rates=[],
    )
    del made["livemode"]
    return made


def _plan(letter: str) -> Facts:
    """The price once more, as Stripe still repeats it in its older words."""
    return {
        "id": f"price_{letter}{ANY}",
        "object": "plan",
        "active": False,
        "amount": SUM_MINOR,
        "amount_decimal": str(SUM_MINOR),
        "billing_scheme": "per_unit",
        "created": NOW,
        "currency": "pln",
        "interval": "month",
        "interval_count": 1,
        "livemode": False,
        "metadata": {},
        "meter": None,
        "nickname": None,
        "product": PRODUCT,
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def subscription(letter: str) -> Facts:
    """The gift that comes again."""
    empty = unset(
        "application application_fee_percent billing_cycle_anchor_config billing_thresholds cancel_at "
        "canceled_at days_until_due default_source description ended_at "
        "next_pending_invoice_item_invoice on_behalf_of pause_collection pending_invoice_item_interval "
        "pending_setup_intent pending_update schedule test_clock transfer_data trial_end trial_start"
    )
    return object_(
        "sub",
        letter,
        "subscription",
        automatic_tax={"disabled_reason": None, "enabled": False, "liability": None},
        billing_cycle_anchor=NOW,
        billing_mode={"flexible": None, "type": "classic"},
        billing_schedules=[],
        cancel_at_period_end=False,
        cancellation_details={"comment": None, "feedback": None, "reason": None},
        collection_method="charge_automatically",
        currency="pln",
        customer=f"cus_{letter}{ANY}",
        default_payment_method=f"pm_{letter}{ANY}",
        default_tax_rates=[],
        discounts=[],
        invoice_settings={"account_tax_ids": None, "issuer": {"type": "self"}},
        items=listed(f"/v1/subscription_items?subscription=sub_{letter}{ANY}", subscription_item(letter)),
        latest_invoice=f"in_{letter}{ANY}",
        metadata=ours(letter),
        payment_settings={
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        start_date=NOW,
        status="active",
        trial_settings={"end_behavior": {"missing_payment_method": "create_invoice"}},
        **empty,
    )


def invoice_line(letter: str) -> Facts:
    """The one row of the invoice."""
    made = object_(
        "il",
        letter,
        "line_item",
        amount=SUM_MINOR,
        currency="pln",
        description="1 × Ciepła noc (at 185.00 zł / month)",
        discount_amounts=[],
        discountable=True,
        discounts=[],
        invoice=f"in_{letter}{ANY}",
        metadata=ours(letter),
        parent={
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": f"sub_{letter}{ANY}",
                "subscription_item": f"si_{letter}{ANY}",
            },
            "type": "subscription_item_details",
        },
        period=PERIOD,
        pretax_credit_amounts=[],
        pricing={
            "price_details": {"price": PRICE, "product": PRODUCT},
            "type": "price_details",
            "unit_amount_decimal": str(SUM_MINOR),
        },
        quantity=1,
        subscription=f"sub_{letter}{ANY}",
        subtotal=SUM_MINOR,
        taxes=[],
    )
    del made["created"]
    return made


def invoice_payment(letter: str) -> Facts:
    """Which payment paid the invoice."""
    made = object_(
        "inpay",
        letter,
        "invoice_payment",
        amount_paid=SUM_MINOR,
        amount_requested=SUM_MINOR,
        currency="pln",
        invoice=f"in_{letter}{ANY}",
        is_default=True,
        payment={"payment_intent": f"pi_{letter}{ANY}", "type": "payment_intent"},
        status="paid",
        status_transitions={"canceled_at": None, "paid_at": NOW},
    )
    del made["metadata"]
    return made


def invoice(letter: str) -> Facts:
    """One period's invoice, paid. Its payments are only there when asked for, as at Stripe."""
    details = {"metadata": ours(letter), "subscription": f"sub_{letter}{ANY}"}
    money = dict.fromkeys(("amount_due", "amount_paid", "subtotal", "subtotal_excluding_tax", "total"), SUM_MINOR)
    nothing = dict.fromkeys(("amount_overpaid", "amount_remaining", "amount_shipping"), 0)
    empty = unset(
        "account_tax_ids application automatically_finalizes_at custom_fields customer_address "
        "customer_phone customer_shipping default_payment_method default_source description due_date "
        "ending_balance footer from_invoice last_finalization_error latest_revision "
        "next_payment_attempt on_behalf_of receipt_number rendering shipping_cost shipping_details "
        "statement_descriptor test_clock"
    )
    return object_("in", letter, "invoice", **money, **nothing, **empty, **_about_the_donor(letter)) | {
        "lines": listed(f"/v1/invoices/in_{letter}{ANY}/lines", invoice_line(letter)),
        "parent": {"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        "period_end": NOW,
        "period_start": NOW,
        "status": "paid",
        "status_transitions": {
            "finalized_at": NOW,
            "marked_uncollectible_at": None,
            "paid_at": NOW,
            "voided_at": None,
        },
        "total_discount_amounts": [],
        "total_excluding_tax": SUM_MINOR,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": NOW,
    }


def _about_the_donor(letter: str) -> Facts:
    return {
        "account_country": "PL",
        "account_name": "Store Without Borders",
        "attempt_count": 1,
        "attempted": True,
        "auto_advance": False,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "billing_reason": "subscription_cycle",
        "collection_method": "charge_automatically",
        "currency": "pln",
        "customer": f"cus_{letter}{ANY}",
        "customer_email": f"donor-{ANY}@example.org",
        "customer_name": "Zofia Przykładowa",
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "discounts": [],
        "effective_at": NOW,
        "hosted_invoice_url": f"https://invoice.example.org/{ANY}",
        "invoice_pdf": f"https://invoice.example.org/{ANY}/pdf",
        "issuer": {"type": "self"},
        "number": f"B{ANY}-0001",
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
    }
