"""Stripe's objects of a payment: who pays, with what, the payment, the charge, the row in Stripe's books, the page."""

from bench.webhooks.facts import ANY, FEE_MINOR, NOW, SUM_MINOR, Facts, object_, ours, unset


def customer(letter: str) -> Facts:
    """Who pays."""
    return object_(
        "cus",
        letter,
        "customer",
        address=None,
        balance=0,
        currency="pln",
        default_source=None,
        delinquent=False,
        description=None,
        email=f"donor-{ANY}@example.org",
        invoice_prefix=f"B{ANY}",
        invoice_settings={"custom_fields": None, "default_payment_method": f"pm_{letter}{ANY}", "footer": None},
        name="Zofia Przykładowa",
        next_invoice_sequence=2,
        phone=None,
        preferred_locales=["pl"],
        shipping=None,
        tax_exempt="none",
        test_clock=None,
    )


def payment_method(letter: str) -> Facts:
    """The card."""
    return object_(
        "pm",
        letter,
        "payment_method",
        allow_redisplay="limited",
        billing_details=_billing(),
        card=_card()
        | {
            "checks": {"cvc_check": "pass"},
            "display_brand": "visa",
            "generated_from": None,
            "networks": {"available": ["visa"], "preferred": None},
            "three_d_secure_usage": {"supported": True},
        },
        customer=f"cus_{letter}{ANY}",
        type="card",
    )


def _billing() -> Facts:
    address = {"city": None, "country": "PL", "line1": None, "line2": None, "postal_code": None, "state": None}
    return {"address": address, "email": f"donor-{ANY}@example.org", "name": "Zofia Przykładowa", "phone": None}


def _card() -> Facts:
    return {
        "brand": "visa",
        "country": "PL",
        "exp_month": 12,
        "exp_year": 2030,
        "fingerprint": "benchfingerprint",
        "funding": "credit",
        "last4": "4242",
        "wallet": None,
    }


def balance_transaction(letter: str) -> Facts:
    """The row in Stripe's own books."""
    made = object_(
        "txn",
        letter,
        "balance_transaction",
        amount=SUM_MINOR,
        available_on=NOW + 3 * 86_400,
        balance_type="payments",
        currency="pln",
        description=None,
        exchange_rate=None,
        fee=FEE_MINOR,
        fee_details=[
            {"amount": FEE_MINOR, "application": None, "currency": "pln", "description": "fees", "type": "stripe_fee"}
        ],
        net=SUM_MINOR - FEE_MINOR,
        reporting_category="charge",
        source=f"ch_{letter}{ANY}",
        status="pending",
        type="charge",
    )
    del made["livemode"], made["metadata"]
    return made


def charge(letter: str) -> Facts:
    """The money taken."""
    empty = unset(
        "application application_fee application_fee_amount failure_balance_transaction failure_code "
        "failure_message on_behalf_of presentment_details receipt_email receipt_number review shipping "
        "source_transfer statement_descriptor statement_descriptor_suffix transfer_data transfer_group"
    )
    return object_(
        "ch",
        letter,
        "charge",
        amount=SUM_MINOR,
        amount_captured=SUM_MINOR,
        amount_refunded=0,
        balance_transaction=f"txn_{letter}{ANY}",
        billing_details=_billing(),
        calculated_statement_descriptor="STORE",
        captured=True,
        currency="pln",
        customer=f"cus_{letter}{ANY}",
        description="Store Without Borders",
        disputed=False,
        fraud_details={},
        metadata=ours(letter) if letter == "o" else {},
        outcome={
            "advice_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 12,
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        paid=True,
        payment_intent=f"pi_{letter}{ANY}",
        payment_method=f"pm_{letter}{ANY}",
        payment_method_details={"card": _card() | {"amount_authorized": SUM_MINOR}, "type": "card"},
        radar_options={},
        receipt_url=f"https://pay.example.org/receipts/{ANY}",
        refunded=False,
        status="succeeded",
        **empty,
    )


def payment_intent(letter: str) -> Facts:
    """The payment."""
    return object_(
        "pi",
        letter,
        "payment_intent",
        amount=SUM_MINOR,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=SUM_MINOR,
        application=None,
        application_fee_amount=None,
        automatic_payment_methods=None,
        canceled_at=None,
        cancellation_reason=None,
        capture_method="automatic",
        client_secret=f"pi_{letter}{ANY}_secret_bench",
        confirmation_method="automatic",
        currency="pln",
        customer=f"cus_{letter}{ANY}",
        description="Store Without Borders",
        last_payment_error=None,
        latest_charge=f"ch_{letter}{ANY}",
        metadata=ours(letter) if letter == "o" else {},
        next_action=None,
        on_behalf_of=None,
        payment_method=f"pm_{letter}{ANY}",
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        processing=None,
        receipt_email=None,
        review=None,
        setup_future_usage="off_session" if letter == "m" else None,
        shipping=None,
        statement_descriptor=None,
        statement_descriptor_suffix=None,
        status="succeeded",
        transfer_data=None,
        transfer_group=None,
    )


NOT_OF_THIS_PAGE = (
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer_email",
    "invoice_creation",
    "origin_context",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "presentment_details",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "url",
    "wallet_options",
)
"""Fields of a payment page that are empty on this one."""


def checkout_session(letter: str) -> Facts:
    """The hosted payment page, finished."""
    monthly = letter == "m"
    address = {"city": None, "country": "PL", "line1": None, "line2": None, "postal_code": None, "state": None}
    return object_(
        "cs_test",
        letter,
        "checkout.session",
        **dict.fromkeys(NOT_OF_THIS_PAGE),
        adaptive_pricing={"enabled": False},
        amount_subtotal=SUM_MINOR,
        amount_total=SUM_MINOR,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url="https://store.example.org/pl/basket/",
        client_reference_id=None if monthly else ANY,
        currency="pln",
        custom_fields=[],
        custom_text={"after_submit": None, "shipping_address": None, "submit": None},
        customer=f"cus_{letter}{ANY}",
        customer_creation="always",
        customer_details={
            "address": address,
            "email": f"donor-{ANY}@example.org",
            "name": "Zofia Przykładowa",
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
        discounts=[],
        expires_at=NOW + 86_400,
        invoice=f"in_m{ANY}" if monthly else None,
        locale="pl",
        metadata=ours(letter),
        mode="subscription" if monthly else "payment",
        payment_intent=None if monthly else f"pi_o{ANY}",
        payment_method_collection="if_required",
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        payment_status="paid",
        phone_number_collection={"enabled": False},
        shipping_options=[],
        status="complete",
        submit_type=None if monthly else "donate",
        subscription=f"sub_m{ANY}" if monthly else None,
        success_url="https://store.example.org/pl/thank-you/",
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
    )
