"""The account itself."""

from stripe_sandbox import money
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.kinds import Call, answers


@answers("GET", "/v1/account")
def retrieve_account(call: Call) -> JsonObject:
    """The account that the key belongs to."""
    capabilities = dict.fromkeys(("blik_payments", "card_payments", "p24_payments", "transfers"), "active")
    return {
        "id": call.world.settings.account,
        "object": "account",
        "capabilities": capabilities,
        "charges_enabled": True,
        "country": "PL",
        "default_currency": money.SETTLEMENT,
        "details_submitted": True,
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }
