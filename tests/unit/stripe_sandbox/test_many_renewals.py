"""Years of many subscriptions: fast enough to live through in a test, and right to the grosz."""

import time
from typing import Any

from stripe_sandbox import agenda
from stripe_sandbox.server import Sandbox
from stripe_sandbox.testing import Client, start_in_thread
from stripe_sandbox.world import Settings
from tests.unit.stripe_sandbox.giving import Giver, second

#: Renewals in a second of one core, each with its ten events; the run over five years counts on them.
SLOWEST = 300


def test_renewals_cost_the_same_however_many_there_are():
    sandbox = Sandbox(Settings(seed="many", events_kept_days=30))
    sandbox.start()
    try:
        giver = Giver(Client(sandbox.url), start="2027-01-15 10:00")
        for _ in range(100):
            giver.subscribe()
        world = sandbox.world
        world.move_clock(now=second("2027-05-15 12:00"), stopped=True)
        before = time.thread_time()
        agenda.run_due(world)
        took = time.thread_time() - before
        paid = [each for each in world.store.all("invoice") if each["status"] == "paid"]
        assert len(paid) == 500
        assert 400 / took > SLOWEST
    finally:
        sandbox.stop()


def test_what_the_books_say_is_what_the_balance_is():
    with start_in_thread(check_answers=False) as sandbox:
        giver = Giver(sandbox)
        for number in range(20):
            giver.subscribe(giver.price(1_000 + number, interval="week"))
        sandbox.advance(days=140, seconds=3_600)
        books = sandbox.books()
        assert [len(each["paid"]) for each in books["subscriptions"].values()] == [21] * 20
        every = [paid for each in books["subscriptions"].values() for paid in each["paid"]]
        assert len({each["charge"] for each in every}) == len(every)
        assert books["balance"] == sum(each["amount"] for each in every) - books["fees"]
        balance = giver.api.v1.balance.retrieve()
        assert balance.available[0].amount + balance.pending[0].amount == books["balance"]


def lived(*steps: int) -> tuple[dict[str, Any], list[tuple[str, int]]]:
    """The books and the events of a quarter with trouble, gone through in so many days at a time."""
    with start_in_thread(check_answers=False) as sandbox:
        giver = Giver(sandbox)
        for card in ("pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_authenticationRequired"):
            giver.anchored(31, default_payment_method=giver.keep(card))
        for days in steps:
            sandbox.advance(days=days)
        events = [(event.type, event.created) for event in giver.events()]
        return sandbox.books(), events


def test_one_leap_of_the_clock_comes_to_the_same_as_many_steps():
    books, events = lived(90)
    assert (books, events) == lived(*[1] * 90)
    assert [created for _, created in events] == sorted(created for _, created in events)
    assert {kind for kind, _ in events} > {"invoice.payment_action_required", "customer.subscription.deleted"}
