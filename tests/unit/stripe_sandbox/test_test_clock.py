"""A clock of its own for some customers; the sandbox's own moves the rest."""

from pathlib import Path

import pytest
import stripe

from stripe_sandbox.testing import Client, start_in_thread
from tests.unit.stripe_sandbox.giving import Giver, day, item_of, second


def clock_at(sandbox: Client, instant: str) -> stripe.test_helpers.TestClock:
    return sandbox.stripe_client().v1.test_helpers.test_clocks.create(
        {"frozen_time": second(instant), "name": "five years"}
    )


def test_advancing_it_moves_only_the_customers_attached_to_it(sandbox: Client):
    clock = clock_at(sandbox, "2027-01-31 10:00")
    of_clock, of_sandbox = Giver(sandbox, test_clock=clock.id), Giver(sandbox)
    apart, ordinary = of_clock.subscribe(), of_sandbox.subscribe()
    assert (apart.test_clock, day(apart.created), ordinary.test_clock) == (clock.id, "2027-01-31", None)
    clocks = of_clock.api.v1.test_helpers.test_clocks
    advanced = clocks.advance(clock.id, {"frozen_time": second("2027-04-01 10:00")})
    assert (advanced.status, day(advanced.frozen_time)) == ("ready", "2027-04-01")
    assert [day(each.created) for each in of_clock.invoices(apart)] == ["2027-01-31", "2027-02-28", "2027-03-31"]
    assert [each.status for each in of_clock.invoices(apart)] == ["paid"] * 3
    assert len(of_sandbox.invoices(ordinary)) == 1
    sandbox.advance(to=second("2027-02-15 12:00"))
    assert (len(of_clock.invoices(apart)), len(of_sandbox.invoices(ordinary))) == (3, 2)


def test_events_stand_in_the_order_in_which_they_happened(sandbox: Client):
    clock = clock_at(sandbox, "2030-01-31 10:00")
    giver = Giver(sandbox, test_clock=clock.id)
    giver.subscribe()
    before = giver.told()
    other = Giver(sandbox)
    other.subscribe()
    assert other.told()[: len(before)] == before


def test_a_call_about_such_a_customer_is_made_at_its_time(sandbox: Client):
    clock = clock_at(sandbox, "2027-06-01 10:00")
    giver = Giver(sandbox, test_clock=clock.id)
    subscription = giver.anchored(15)
    assert day(item_of(subscription).current_period_end) == "2027-06-15"
    assert giver.api.v1.subscriptions.cancel(subscription.id).ended_at == second("2027-06-01 10:00")


def test_a_clock_is_listed_only_moves_forward_and_takes_its_customers_with_it(sandbox: Client):
    clock = clock_at(sandbox, "2027-01-31 10:00")
    giver = Giver(sandbox, test_clock=clock.id)
    subscription = giver.subscribe()
    clocks = giver.api.v1.test_helpers.test_clocks
    assert [each.id for each in clocks.list().data] == [clock.id]
    assert clocks.retrieve(clock.id).name == "five years"
    with pytest.raises(stripe.InvalidRequestError, match="later than"):
        clocks.advance(clock.id, {"frozen_time": second("2027-01-31 10:00")})
    clocks.delete(clock.id)
    assert giver.now_of(subscription).status == "canceled"
    assert clocks.list().data == []
    assert giver.api.v1.customers.retrieve(giver.customer).deleted


def test_the_clock_and_the_settings_outlive_a_restart(tmp_path: Path):
    file = tmp_path / "state.sqlite3"
    with start_in_thread(state=file) as sandbox:
        giver = Giver(sandbox)
        subscription = giver.subscribe()
        sandbox.billing(then="unpaid")
        sandbox.advance(to=second("2027-02-15 10:30"))
    with start_in_thread(state=file, seed=None) as sandbox:
        assert sandbox.now() == second("2027-02-15 10:30")
        assert sandbox.billing()["then"] == "unpaid"
        sandbox.advance(seconds=3600)
        invoices = sandbox.stripe_client().v1.invoices.list({"subscription": subscription.id}).data
        assert [each.status for each in invoices] == ["paid", "paid"]
        assert sandbox.clock()["stopped"] is False
