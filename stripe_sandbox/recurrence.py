"""What a checkout session in subscription mode takes now, and when it takes how much again."""

from dataclasses import dataclass
from typing import Any

from stripe_sandbox import calendar_months
from stripe_sandbox.errors import ApiError, JsonObject, invalid
from stripe_sandbox.objects import line_item
from stripe_sandbox.world import World

_SHORTEST_TRIAL = 48 * 3600
_DAY = 24 * 3600
_UNDERSTOOD = {
    *("billing_cycle_anchor", "billing_cycle_anchor_config", "billing_mode", "description", "metadata"),
    *("proration_behavior", "trial_end", "trial_period_days"),
}
_BOUNDS = {"day_of_month": (1, 31), "month": (1, 12), "hour": (0, 23), "minute": (0, 59), "second": (0, 59)}


@dataclass(frozen=True)
class Plan:
    """The sums of a session in subscription mode, in minor units of its currency, as they are at one moment."""

    due_now: int
    #: What each item adds to it, in their order.
    parts: tuple[int, ...]
    #: What is taken each time.
    recurring: int
    interval: str
    interval_count: int
    #: The billing cycle's anchor; None when it begins with the payment.
    anchor: int | None
    #: The first instant at which the whole recurring sum is taken; None when that is now.
    first_on: int | None
    #: The end of a trial, if there is one.
    trial_end: int | None


def plan(world: World, session: JsonObject) -> Plan:
    """What paying the session now would take and begin."""
    return plan_of(world.now(), session["_line_items"], session["_subscription_data"])


def plan_of(now: int, items: list[JsonObject], data: dict[str, Any]) -> Plan:
    """The same of its parts; ``data`` is its ``subscription_data``."""
    recurring = [item for item in items if line_item.is_recurring(item)]
    price = recurring[0]["price"]["recurring"]
    interval, count = price["interval"], price["interval_count"]
    trial_end = _trial_end(now, data)
    anchor = trial_end or _anchor(now, data)
    parts = []
    for item in items:
        amount = line_item.full_amount(item)
        if line_item.is_recurring(item) and anchor is not None:
            free = trial_end is not None or data.get("proration_behavior") == "none"
            amount = 0 if free else _prorated(amount, now, anchor, interval, count)
        parts.append(amount)
    return Plan(
        due_now=sum(parts),
        parts=tuple(parts),
        recurring=sum(line_item.full_amount(item) for item in recurring),
        interval=interval,
        interval_count=count,
        anchor=anchor,
        first_on=anchor,
        trial_end=trial_end,
    )


def _trial_end(now: int, data: dict[str, Any]) -> int | None:
    if "trial_period_days" in data:
        return now + int(data["trial_period_days"]) * _DAY
    end: int | None = data.get("trial_end")
    # A payer who comes after a trial's end pays at once.
    return end if end is not None and end > now else None


def _anchor(now: int, data: dict[str, Any]) -> int | None:
    if "billing_cycle_anchor_config" in data:
        return calendar_months.next_anchor(now, data["billing_cycle_anchor_config"])
    anchor: int | None = data.get("billing_cycle_anchor")
    # One that passed while the page was open: the whole sum is due now.
    return anchor if anchor is not None and anchor > now else None


def _prorated(amount: int, now: int, anchor: int, interval: str, count: int) -> int:
    """The share of the time left until the anchor, in the interval that ends there, rounded half up."""
    begun = calendar_months.after(anchor, -1, interval, count)
    if begun >= now:
        return amount
    length = anchor - begun
    return (2 * amount * (anchor - now) + length) // (2 * length)


def check(world: World, items: list[JsonObject], data: dict[str, Any]) -> None:
    """Raise ApiError for ``subscription_data`` that can't be."""
    path = "subscription_data"
    for name in data:
        if name not in _UNDERSTOOD:
            raise ApiError(f"The sandbox does not do {name} of subscriptions.", status=501, param=f"{path}[{name}]")
    exclusive = ("billing_cycle_anchor", "billing_cycle_anchor_config", "trial_end", "trial_period_days")
    timing = [name for name in exclusive if name in data]
    if len(timing) > 1:
        raise ApiError(
            f"You may only specify one of these parameters: {', '.join(timing)}.",
            code="parameters_exclusive",
            param=f"{path}[{timing[1]}]",
        )
    _check_config(data.get("billing_cycle_anchor_config", {}), f"{path}[billing_cycle_anchor_config]")
    _check_times(world.now(), items, data, path)
    anchored = bool({"billing_cycle_anchor", "billing_cycle_anchor_config"} & set(data))
    if (
        anchored
        and data.get("proration_behavior") == "none"
        and not all(line_item.is_recurring(item) for item in items)
    ):
        raise invalid("One-time prices can't be combined with `proration_behavior: none`.", "line_items")


def _check_config(config: dict[str, int], path: str) -> None:
    for name, value in config.items():
        least, most = _BOUNDS[name]
        if not least <= value <= most:
            raise invalid(
                f"This value must be between {least} and {most}.", f"{path}[{name}]", "parameter_invalid_integer"
            )


def _check_times(now: int, items: list[JsonObject], data: dict[str, Any], path: str) -> None:
    if "billing_cycle_anchor" in data:
        recurring = next(item["price"]["recurring"] for item in items if line_item.is_recurring(item))
        natural = calendar_months.after(now, 1, recurring["interval"], recurring["interval_count"])
        if data["billing_cycle_anchor"] <= now:
            raise invalid("`billing_cycle_anchor` must be in the future.", f"{path}[billing_cycle_anchor]")
        if data["billing_cycle_anchor"] > natural:
            raise invalid(
                f"`billing_cycle_anchor` cannot be later than next natural billing date ({natural}) for plan",
                f"{path}[billing_cycle_anchor]",
            )
    if "trial_end" in data and data["trial_end"] < now + _SHORTEST_TRIAL:
        raise invalid("The `trial_end` date has to be at least 2 days in the future.", f"{path}[trial_end]")
    if data.get("trial_period_days", 1) < 1:
        raise invalid("This value must be at least 1.", f"{path}[trial_period_days]", "parameter_invalid_integer")
