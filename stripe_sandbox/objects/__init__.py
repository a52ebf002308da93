"""Each kind of object in its own module; importing this package registers the calls they answer."""

from stripe_sandbox.objects import (  # noqa: F401 - imported for what they register
    account,
    balance,
    balance_transaction,
    charge,
    checkout_session,
    customer,
    event,
    intent_confirmation,
    line_item,
    mandate,
    payment_intent,
    payment_method,
    price,
    product,
    refund,
    setup_intent,
    webhook_endpoint,
)
