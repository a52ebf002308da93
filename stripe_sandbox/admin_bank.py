"""The admin address's part for banks: payouts, disputes, fraud warnings, rates, and the provider's own movements."""

from stripe_sandbox import money
from stripe_sandbox.errors import JsonObject, invalid, no_such
from stripe_sandbox.expand import present
from stripe_sandbox.objects import balance_transaction, dispute, early_fraud_warning, payout
from stripe_sandbox.world import World


def pay_out(world: World, sent: JsonObject) -> JsonObject:
    """Send now what is available, as the schedule would, and with ``debit`` fetch what is lacking from the bank; with
    ``interval`` set the schedule: ``daily`` or ``manual``."""
    with world.act():
        if "interval" in sent:
            payout.set_schedule(world, sent["interval"])
            return {"interval": sent["interval"]}
        made = payout.pay_out(world, debit=bool(sent.get("debit")))
        return {"payout": None if made is None else present(world, made, [])}


def move_payout(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    """What becomes of a payout now: ``to`` is ``paid``, ``failed`` or ``reconciled``."""
    acts = {"paid": payout.arrive, "failed": payout.fail, "reconciled": payout.reconcile}
    if sent.get("to") not in acts:
        raise invalid("to must be paid, failed or reconciled", "to")
    with world.act():
        kept = world.store.get("payout", identifier)
        if kept is None:
            raise no_such("payout", identifier)
        acts[sent["to"]](world, kept)
        return present(world, kept, [])


def dispute_charge(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    """Dispute a charge: ``amount`` (all), ``reason`` (fraudulent), ``inquiry`` (false), ``fee`` in grosze."""
    with world.act():
        return present(world, dispute.open_dispute(world, _charge(world, identifier), **sent), [])


def decide_dispute(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    """The bank's word: ``outcome`` ``won`` (with ``amount``, ``fee_back``), ``lost``, ``closed`` or ``escalated``."""
    with world.act():
        kept = world.store.get("dispute", identifier)
        if kept is None:
            raise no_such("dispute", identifier)
        return present(world, dispute.decide(world, kept, **sent), [])


def report_fraud(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    """An early fraud warning about a charge: ``fraud_type``."""
    with world.act():
        return present(world, early_fraud_warning.warn(world, _charge(world, identifier), **sent), [])


def move_rates(world: World, sent: JsonObject) -> JsonObject:
    """Set what a unit of a currency is worth from now on, in ten-thousandths of a złoty: ``{"eur": 43000}``."""
    with world.act():
        for currency, rate in sent.items():
            if not money.is_known(currency) or currency == money.SETTLEMENT or not isinstance(rate, int) or rate < 1:
                raise invalid("a rate is a whole number of ten-thousandths for a known currency", currency)
        world.store.set_fact("rates", {**(world.store.fact("rates") or {}), **sent})
        return dict(world.store.fact("rates"))


def add_movement(world: World, sent: JsonObject) -> JsonObject:
    """A balance transaction of the provider's own: ``type`` (``adjustment``), ``amount``, ``fee`` (0), ``category`` (the
    type's), ``description``."""
    with world.act():
        made = balance_transaction.add(
            world,
            sent.get("type", "adjustment"),
            None,
            int(sent["amount"]),
            fee=int(sent.get("fee", 0)),
            description=sent.get("description"),
            category=sent.get("category"),
        )
        return present(world, made, [])


def _charge(world: World, identifier: str) -> JsonObject:
    charge = world.store.get("charge", identifier)
    if charge is None:
        raise no_such("charge", identifier)
    return charge
