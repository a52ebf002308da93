"""The account's balance: the sum of its balance transactions."""

from stripe_sandbox import money
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.kinds import Call, answers


@answers("GET", "/v1/balance")
def retrieve_balance(call: Call) -> JsonObject:
    """What is available for payout and what is not yet."""
    now = call.world.now()
    sums = {"available": 0, "pending": 0}
    for transaction in call.world.store.all("balance_transaction"):
        sums["available" if transaction["available_on"] <= now else "pending"] += transaction["net"]
    shares = {
        name: [{"amount": amount, "currency": money.SETTLEMENT, "source_types": {"card": amount}}]
        for name, amount in sums.items()
    }
    return {"object": "balance", "livemode": False, **shares}
