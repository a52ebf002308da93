"""What follows when a renewal can't be collected: when it is tried again, and what becomes of it in the end."""

from dataclasses import asdict, dataclass
from typing import Any

from stripe_sandbox.world import World

_DAY = 24 * 3600
_ENDS = ("cancel", "unpaid", "past_due")
_INVOICE_ENDS = ("leave", "mark_uncollectible", "void")


@dataclass(frozen=True)
class Billing:
    """The account's settings of billing, which at Stripe are set in the Dashboard."""

    #: Days from each failed attempt to the next.
    retries: tuple[float, ...] = (3, 5, 7)
    #: What becomes of the subscription when the last has failed: ``cancel``, ``unpaid`` or ``past_due``.
    then: str = "cancel"
    #: What becomes of its invoice then: ``leave``, ``mark_uncollectible`` or ``void``.
    invoice: str = "leave"
    #: Seconds for which a renewal's invoice stays a draft.
    finalizes_after: int = 3600


def billing(world: World) -> Billing:
    """The settings in force."""
    kept = world.store.fact("billing")
    return Billing(**{**kept, "retries": tuple(kept["retries"])}) if kept else Billing()


def change(world: World, sent: dict[str, Any]) -> dict[str, Any]:
    """Change some of the settings; raises ValueError for what can't be."""
    changed = {**asdict(billing(world)), **sent}
    made = Billing(**changed)
    if made.then not in _ENDS or made.invoice not in _INVOICE_ENDS:
        raise ValueError(f"then must be one of {', '.join(_ENDS)}, invoice one of {', '.join(_INVOICE_ENDS)}")
    days = list(made.retries)
    if not all(isinstance(each, (int, float)) and each > 0 for each in [*days, made.finalizes_after + 1]):
        raise ValueError("retries are days and finalizes_after is seconds")
    with world.act():
        world.store.set_fact("billing", {**changed, "retries": days})
    return {**changed, "retries": days}


def next_attempt(world: World, attempts: int) -> int | None:
    """The second of the attempt that follows as many failed ones; None when there is none."""
    retries = billing(world).retries
    return world.now() + int(retries[attempts - 1] * _DAY) if 0 < attempts <= len(retries) else None
