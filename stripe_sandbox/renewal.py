"""The life of a subscription by the clock: it begins, is billed for each period from its anchor, and ends."""

from dataclasses import dataclass, field
from typing import Any

from stripe_sandbox import agenda, calendar_months, collection, dunning
from stripe_sandbox.agenda import happens_later, schedule
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.objects import invoice as invoices
from stripe_sandbox.objects import invoice_line
from stripe_sandbox.objects import subscription as subscriptions
from stripe_sandbox.objects import subscription_item as items
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_DAY = 24 * 3600
#: A first payment that is not made within 23 hours is not waited for any longer.
_FIRST_PAYMENT = 23 * 3600
_LIVE = ("incomplete", "trialing", "active", "past_due", "unpaid")


@dataclass(frozen=True)
class Beginning:
    """What a new subscription is to be: prices with quantity and metadata, and from when they are billed."""

    items: list[tuple[JsonObject, int, Any]]
    #: The first instant that is billed in full; None is now.
    anchor: int | None = None
    anchor_day: int | None = None
    trial_end: int | None = None
    facts: JsonObject = field(default_factory=dict)


def begin(world: World, customer: JsonObject, beginning: Beginning, *, status: str) -> JsonObject:
    """The subscription with its items, told as created. Its first invoice comes after, with ``first_invoice``."""
    now = world.now()
    recurring = beginning.items[0][0]["recurring"]
    start = beginning.trial_end or beginning.anchor
    anchor = beginning.anchor or start or now
    subscription = subscriptions.add(
        world,
        customer,
        anchor=anchor,
        currency=beginning.items[0][0]["currency"],
        status=status,
        anchor_day=beginning.anchor_day,
        trial_start=now if beginning.trial_end else None,
        trial_end=beginning.trial_end,
        **beginning.facts,
    )
    end = start or calendar_months.next_after(
        anchor, now, recurring["interval"], recurring["interval_count"], day=beginning.anchor_day
    )
    for price, quantity, data in beginning.items:
        items.add(world, subscription, price, quantity, data, period=(now, end))
    emit(world, "customer.subscription.created", subscription)
    plan(world, subscription, is_new=True)
    return subscription


def plan(world: World, subscription: JsonObject, *, is_new: bool = False) -> None:
    """Note when its period ends, its trial is about to, its collecting resumes and it is to be canceled."""
    now = world.now()
    for name in ("subscription_renews", "trial_will_end", "collection_resumes", "subscription_ends"):
        agenda.cancel(world, name, subscription)
    if subscription["status"] in subscriptions.ENDED:
        return
    pause = subscription["pause_collection"] or {}
    # Before the renewal of the same second: what resumes or ends then does so first.
    if pause.get("resumes_at"):
        schedule(world, "collection_resumes", subscription, at=pause["resumes_at"])
    if subscription["cancel_at"]:
        schedule(world, "subscription_ends", subscription, at=subscription["cancel_at"])
    if subscription["status"] == "paused":
        return
    schedule(world, "subscription_renews", subscription, at=period(world, subscription)[1])
    warns_at = (subscription["trial_end"] or 0) - 3 * _DAY
    if subscription["status"] == "trialing" and (is_new or warns_at >= now):
        schedule(world, "trial_will_end", subscription, at=max(now, warns_at))


def period(world: World, subscription: JsonObject) -> tuple[int, int]:
    """The period that a subscription is in."""
    first = items.of(world, subscription)[0]
    return first["current_period_start"], first["current_period_end"]


def move_period(world: World, subscription: JsonObject, start: int, end: int) -> JsonObject:
    """Put its items into another period; what the list of them was before."""
    before = subscriptions.shown_items(world, subscription)
    for item in items.of(world, subscription):
        world.store.change(item, current_period_start=start, current_period_end=end)
    return before


def next_end(world: World, subscription: JsonObject, after: int) -> int:
    """The end of the period that contains ``after`` or begins with it."""
    interval, count = items.interval(world, subscription)
    anchor, day = subscription["billing_cycle_anchor"], subscription["_anchor_day"]
    return calendar_months.next_after(anchor, after, interval, count, day=day)


def restart(world: World, subscription: JsonObject) -> JsonObject:
    """Begin a new period now; the fields that change with it, the anchor above all."""
    now = world.now()
    move_period(world, subscription, now, calendar_months.after(now, 1, *items.interval(world, subscription)))
    return {"billing_cycle_anchor": now, "billing_cycle_anchor_config": None, "_anchor_day": None}


def lines_of(world: World, subscription: JsonObject, *, free: bool = False) -> list[JsonObject]:
    """The lines of an invoice for the period that the subscription is in."""
    lines = []
    for item in items.of(world, subscription):
        price = items.price_of(world, item)
        name = invoices.described(world, price, item["quantity"])
        lines.append(
            invoice_line.build(
                world,
                price,
                item["quantity"],
                0 if free else items.amount(world, item),
                description=f"Trial period for {name}" if free and subscription["trial_end"] else name,
                period=(item["current_period_start"], item["current_period_end"]),
                item=item,
            )
        )
    return lines


def bill(
    world: World,
    subscription: JsonObject,
    lines: list[JsonObject],
    *,
    reason: str,
    period: tuple[int, int] | None = None,
    finalizes_at: int | None = None,
) -> JsonObject:
    """A draft of these lines, which becomes the subscription's latest invoice without telling so."""
    now = world.now()
    customer = world.store.get("customer", subscription["customer"]) or {"id": subscription["customer"]}
    invoice = invoices.draft(
        world, subscription, customer, lines, reason=reason, period=period or (now, now), finalizes_at=finalizes_at
    )
    world.store.change(subscription, latest_invoice=invoice["id"])
    if finalizes_at is not None:
        schedule(world, "invoice_finalizes", invoice, at=finalizes_at)
    return invoice


def wait_for_first_payment(world: World, subscription: JsonObject) -> None:
    """Give an incomplete subscription its 23 hours."""
    schedule(world, "first_payment_expires", subscription, at=world.now() + _FIRST_PAYMENT)


def bill_at_once(world: World, subscription: JsonObject, *, reason: str, free: bool = False) -> JsonObject:
    """An invoice for the present period that is not left a draft."""
    invoice = bill(world, subscription, lines_of(world, subscription, free=free), reason=reason)
    world.store.change(invoice, auto_advance=True)
    collection.finalize(world, invoice)
    return invoice


@happens_later("subscription_renews")
def _renew(world: World, subscription: JsonObject, _: JsonObject) -> None:
    if subscription["status"] not in _LIVE:
        return
    start, end = period(world, subscription)
    if subscription["cancel_at_period_end"]:
        subscriptions.end(world, subscription, reason="cancellation_requested")
        return
    status, is_trial_over = subscription["status"], subscription["status"] == "trialing"
    if is_trial_over:
        status = _after_trial(world, subscription)
        if status in ("paused", "canceled"):
            return
    was = {
        "items": move_period(world, subscription, end, next_end(world, subscription, end)),
        "latest_invoice": subscription["latest_invoice"],
    }
    # From a trial's end to an anchor that comes after it nothing is due.
    if end >= subscription["billing_cycle_anchor"]:
        _draft_renewal(world, subscription, (start, end), is_unpaid=status == "unpaid")
    fields = {"status": status} if status != subscription["status"] and is_trial_over else {}
    subscriptions.change(world, subscription, was=was, **fields)
    plan(world, subscription)


def _after_trial(world: World, subscription: JsonObject) -> str:
    """What a trial turns into."""
    if collection.method_of(world, subscription) is not None:
        return "active"
    then = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if then == "cancel":
        subscriptions.end(world, subscription, reason=None)
        return "canceled"
    if then == "pause":
        pause(world, subscription, "trial_end_without_payment_method")
        return "paused"
    return "active"


def pause(world: World, subscription: JsonObject, why: str) -> None:
    """Bill nothing until it is resumed."""
    details = {"subscription": {"type": why}, "transitioned_at": world.now(), "type": "subscription"}
    world.store.change(subscription, status="paused", status_details={"paused": details})
    plan(world, subscription)
    emit(world, "customer.subscription.paused", subscription)


def _draft_renewal(world: World, subscription: JsonObject, past: tuple[int, int], *, is_unpaid: bool) -> None:
    """The invoice of a new period: collected after its hour as a draft, unless collecting is paused or was given up."""
    lines = lines_of(world, subscription)
    behavior = (subscription["pause_collection"] or {}).get("behavior")
    if behavior is None and not is_unpaid:
        at = world.now() + dunning.billing(world).finalizes_after
        bill(world, subscription, lines, reason="subscription_cycle", period=past, finalizes_at=at)
        return
    invoice = bill(world, subscription, lines, reason="subscription_cycle", period=past)
    if behavior in ("void", "mark_uncollectible"):
        collection.finalize(world, invoice)
        if invoice["status"] == "open":
            void = behavior == "void"
            why = None if void else "subscription_paused"
            collection.give_up(world, invoice, "void" if void else "uncollectible", why=why)


@happens_later("trial_will_end")
def _warn(world: World, subscription: JsonObject, _: JsonObject) -> None:
    if subscription["status"] == "trialing":
        emit(world, "customer.subscription.trial_will_end", subscription)


@happens_later("collection_resumes")
def _resume_collection(world: World, subscription: JsonObject, _: JsonObject) -> None:
    subscriptions.change(world, subscription, pause_collection=None)


@happens_later("subscription_ends")
def _end(world: World, subscription: JsonObject, _: JsonObject) -> None:
    subscriptions.end(world, subscription, reason="cancellation_requested")


@happens_later("first_payment_expires")
def _expire(world: World, subscription: JsonObject, _: JsonObject) -> None:
    if subscription["status"] != "incomplete":
        return
    invoice = world.store.get("invoice", subscription["latest_invoice"] or "")
    subscriptions.end(world, subscription, reason=None, status="incomplete_expired")
    if invoice is not None and invoice["status"] == "open":
        collection.give_up(world, invoice, "void")
