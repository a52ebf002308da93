"""Balance transactions: what each charge and refund did to the account, with the fee."""

from stripe_sandbox import money
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.kinds import Call, Page, answers, presents
from stripe_sandbox.listing import asked, page
from stripe_sandbox.world import World

#: Days until a payment can be paid out.
_PENDING_DAYS = 3

#: How Stripe groups the types of balance transactions.
_REPORTING = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "refund_failure",
    "payout": "payout",
    "payout_cancel": "payout_reversal",
    "payout_failure": "payout_reversal",
    "stripe_fee": "fee",
    "adjustment": "other_adjustment",
}


def worth(world: World, amount: int, currency: str) -> int:
    """``amount`` minor units of a currency in grosze, at the rate of this moment."""
    return money.settle(amount, currency, world.store.fact("rates"))


def add(
    world: World,
    kind: str,
    source: JsonObject | None,
    amount: int,
    *,
    fee: int = 0,
    description: str | None,
    category: str | None = None,
) -> JsonObject:
    """Book ``amount`` grosze (negative: taken from the account) for a charge, a refund, a payout, a dispute, less the fee.

    ``category`` says what it is grouped under where the kind alone doesn't; a kind that isn't listed is its own category.
    """
    now = world.now()
    what = "Dispute fee" if category in ("dispute", "dispute_reversal") else "Stripe processing fees"
    detail = {"amount": fee, "application": None, "currency": money.SETTLEMENT, "description": what}
    currency = money.SETTLEMENT if source is None else source["currency"]
    rate = money.exchange_rate(currency, world.store.fact("rates"))
    transaction = {
        "id": world.ids.new("balance_transaction"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now if amount < 0 else (now // 86_400 + _PENDING_DAYS) * 86_400,
        "balance_type": "payments",
        "created": now,
        "currency": money.SETTLEMENT,
        "description": description,
        "exchange_rate": None if rate is None else rate / 10_000,
        "fee": fee,
        "fee_details": [{**detail, "type": "stripe_fee"}] if fee else [],
        "net": amount - fee,
        "reporting_category": category or _REPORTING.get(kind, kind),
        "source": None if source is None else source["id"],
        "type": kind,
        "_payout": None,
    }
    return world.store.add(transaction)


@presents("balance_transaction")
def _with_status(world: World, transaction: JsonObject) -> JsonObject:
    available = transaction["available_on"] <= world.now()
    return {**transaction, "status": "available" if available else "pending"}


@answers("GET", "/v1/balance_transactions")
def list_balance_transactions(call: Call) -> Page:
    """Balance transactions by source, payout, type, currency and time."""
    params = call.params

    def is_asked_for(transaction: JsonObject) -> bool:
        same = all(transaction[name] == params[name] for name in ("source", "type", "currency") if name in params)
        return same and params.get("payout") in (None, transaction["_payout"])

    among = ("_payout", params["payout"]) if "payout" in params else asked(params, "source")
    return page(call, "balance_transaction", url="/v1/balance_transactions", where=is_asked_for, among=among)


@answers("GET", "/v1/balance_transactions/{}")
def retrieve_balance_transaction(call: Call) -> JsonObject:
    """One balance transaction."""
    return call.own("balance_transaction", "balance transaction")
