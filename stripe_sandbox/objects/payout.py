"""Payouts: what the account holds is sent to its bank, by hand or once a day; it arrives, or comes back."""

from datetime import UTC, datetime

from stripe_sandbox import metadata, money
from stripe_sandbox.agenda import cancel as unschedule
from stripe_sandbox.agenda import happens_later, schedule
from stripe_sandbox.errors import ApiError, JsonObject, invalid
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import page
from stripe_sandbox.objects import balance_transaction
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_HOUR, _DAY = 3600, 86_400
_SENT_AT = 6 * _HOUR
_SCHEDULE = "payout_schedule"
_URL = "/v1/payouts"
#: Why a payout comes back, unless the fault says otherwise.
_CODE, _MESSAGE = "account_closed", "The bank account has been closed."


def _add(
    world: World, amount: int, *, automatic: bool, description: str | None = None, method: str = "standard"
) -> JsonObject:
    """A payout with its balance transaction. It leaves within the hour and arrives on the next day; an instant one costs
    its hundredth, taken beside it."""
    now = world.now()
    payout: JsonObject = {
        "id": world.ids.new("payout"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": (now // _DAY + 1) * _DAY,
        "automatic": automatic,
        "balance_transaction": None,
        "created": now,
        "currency": money.SETTLEMENT,
        "description": description or ("STRIPE PAYOUT" if automatic else None),
        "destination": "ba_1SandboxBankAccount00000",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": method,
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "pending",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }
    world.store.add(payout)
    fee = (amount + 99) // 100 if method == "instant" else 0
    transaction = balance_transaction.add(world, "payout", payout, -amount, fee=fee, description=payout["description"])
    world.store.change(payout, balance_transaction=transaction["id"])
    return payout


def _begin(world: World, payout: JsonObject) -> None:
    emit(world, "payout.created", payout)
    schedule(world, "payout_leaves", payout, at=payout["created"] + _HOUR)
    schedule(world, "payout_arrives", payout, at=payout["arrival_date"])
    if payout["automatic"]:
        schedule(world, "payout_reconciled", payout, at=payout["created"] + 2 * _HOUR)


def pay_out(world: World, *, debit: bool = False) -> JsonObject | None:
    """Send all that is available and in no payout yet; None when there is nothing. With ``debit`` what lacks is fetched
    from the bank, by a payout below zero."""
    now = world.now()
    unpaid = world.store.where("balance_transaction", "_payout", None)
    parts = [each for each in unpaid if each["available_on"] <= now]
    total = sum(each["net"] for each in parts)
    if total == 0 or (total < 0 and not debit):
        return None
    payout = _add(world, total, automatic=True)
    own = world.store.get("balance_transaction", payout["balance_transaction"])
    assert own is not None
    for part in (*parts, own):
        world.store.change(part, _payout=payout["id"])
    missing = world.faults.strike("payout_part_missing")
    if missing is not None:
        world.store.change(parts[0], _payout=f"{payout['id']}:unlisted")
        at = now + int(missing["seconds"]) if "seconds" in missing else None
        schedule(world, "payout_part", payout, at=at, transaction=parts[0]["id"])
    _begin(world, payout)
    return payout


@happens_later("payout_part")
def _list_part(world: World, payout: JsonObject, facts: JsonObject) -> None:
    part = world.store.get("balance_transaction", facts["transaction"])
    assert part is not None
    world.store.change(part, _payout=payout["id"])


def set_schedule(world: World, interval: str) -> None:
    """Pay out ``daily``, at 06:00 UTC, or by hand (``manual``)."""
    if interval not in ("daily", "manual"):
        raise invalid("interval must be daily or manual", "interval")
    kept = world.store.find(_SCHEDULE)
    if kept is None:
        kept = world.store.add({"object": "_payout_schedule", "id": _SCHEDULE, "created": world.now()})
    unschedule(world, "daily_payout", kept)
    if interval == "daily":
        schedule(world, "daily_payout", kept, at=_next_morning(world.now()))


def _next_morning(now: int) -> int:
    today = now // _DAY * _DAY + _SENT_AT
    return today if today > now else today + _DAY


@happens_later("daily_payout")
def _daily(world: World, kept: JsonObject, _: JsonObject) -> None:
    pay_out(world)
    schedule(world, "daily_payout", kept, at=_next_morning(world.now()))


@happens_later("payout_leaves")
def _leave(world: World, payout: JsonObject, _: JsonObject) -> None:
    if payout["status"] == "pending":
        world.store.change(payout, status="in_transit")
        emit(world, "payout.updated", payout, {"status": "pending"})


@happens_later("payout_reconciled")
def reconcile(world: World, payout: JsonObject, _: JsonObject | None = None) -> None:
    """From now on its parts can be listed."""
    if payout["reconciliation_status"] == "in_progress":
        world.store.change(payout, reconciliation_status="completed")
        emit(world, "payout.reconciliation_completed", payout)


@happens_later("payout_arrives")
def arrive(world: World, payout: JsonObject, _: JsonObject | None = None) -> None:
    """It is paid, or fails when a fault says so."""
    if payout["status"] not in ("pending", "in_transit"):
        return
    failing = world.faults.strike("payout_fails")
    if failing is not None and failing.get("when", "before") == "before":
        fail(world, payout)
        return
    trace = datetime.fromtimestamp(world.now(), UTC).strftime("TRACE%Y%m%d")
    world.store.change(payout, status="paid", trace_id={"status": "supported", "value": trace})
    emit(world, "payout.paid", payout)
    if failing is not None:
        at = world.now() + int(failing["seconds"]) if "seconds" in failing else None
        schedule(world, "payout_fails", payout, at=at)


@happens_later("payout_fails")
def fail(world: World, payout: JsonObject, _: JsonObject | None = None) -> None:
    """The bank sends it back, which can be after it was paid: the account holds the money again."""
    if payout["status"] not in ("pending", "in_transit", "paid"):
        return
    _take_back(world, payout, "payout_failure", "failed")
    world.store.change(payout, failure_code=_CODE, failure_message=_MESSAGE)
    emit(world, "payout.failed", payout)


def _take_back(world: World, payout: JsonObject, kind: str, status: str) -> None:
    transaction = balance_transaction.add(world, kind, payout, payout["amount"], description=payout["description"])
    world.store.change(transaction, available_on=world.now())
    world.store.change(payout, status=status, failure_balance_transaction=transaction["id"])


@answers("POST", _URL)
def create_payout(call: Call) -> JsonObject:
    """A payout by hand, of what is available."""
    world, params = call.world, call.params
    for name in params:
        if name not in ("amount", "currency", "description", "metadata", "expand", "method"):
            raise ApiError(f"The sandbox has no payouts with {name}.", status=501, param=name)
    if params["currency"].lower() != money.SETTLEMENT:
        raise invalid(f"Invalid currency: {params['currency']}. The account is paid in {money.SETTLEMENT}.", "currency")
    if params["amount"] < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    now = world.now()
    available = sum(each["net"] for each in world.store.all("balance_transaction") if each["available_on"] <= now)
    if params["amount"] > available:
        raise ApiError(
            "You have insufficient funds in your Stripe account for this payout. Your available balance is "
            f"{money.written(available, money.SETTLEMENT)}.",
            code="balance_insufficient",
            param="amount",
        )
    method = params.get("method", "standard")
    payout = _add(world, params["amount"], automatic=False, description=params.get("description"), method=method)
    world.store.change(payout, metadata=metadata.merged({}, params.get("metadata")))
    _begin(world, payout)
    return payout


@answers("GET", _URL)
def list_payouts(call: Call) -> Page:
    """Payouts by status and time."""
    for name in ("arrival_date", "destination"):
        if name in call.params:
            raise ApiError(f"The sandbox doesn't list payouts by {name}.", status=501, param=name)
    wanted = call.params.get("status")
    return page(call, "payout", url=_URL, where=lambda each: wanted in (None, each["status"]))


@answers("GET", _URL + "/{}")
def retrieve_payout(call: Call) -> JsonObject:
    """One payout."""
    return call.own("payout", "payout")


@answers("POST", _URL + "/{}")
def update_payout(call: Call) -> JsonObject:
    """Change a payout's metadata."""
    payout = call.own("payout", "payout")
    before = {"metadata": payout["metadata"]}
    call.world.store.change(payout, metadata=metadata.merged(payout["metadata"], call.params.get("metadata")))
    emit(call.world, "payout.updated", payout, before)
    return payout


@answers("POST", _URL + "/{}/cancel")
def cancel_payout(call: Call) -> JsonObject:
    """Cancel a payout by hand that has not left; the money is back at once."""
    world, payout = call.world, call.own("payout", "payout")
    if payout["status"] != "pending" or payout["automatic"]:
        why = "it was created by a schedule" if payout["automatic"] else f"it has a status of {payout['status']}"
        raise ApiError(f"This payout cannot be canceled because {why}.", code="payout_not_allowed")
    _take_back(world, payout, "payout_cancel", "canceled")
    emit(world, "payout.canceled", payout)
    return payout
