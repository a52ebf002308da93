"""Where objects are kept: together or not at all, and over a restart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stripe_sandbox.clock import Clock
from stripe_sandbox.ids import FORMS, Ids
from stripe_sandbox.store import Store
from stripe_sandbox.testing import start_in_thread
from tests.factories.stripe_sandbox import session_params


def thing(name: str, created: int = 1) -> dict[str, object]:
    return {"id": name, "object": "thing", "created": created, "size": 1}


def fail_after(store: Store, *steps: Callable[[], object]) -> None:
    with store.saving():
        for step in steps:
            step()
        raise RuntimeError


def test_what_fails_halfway_leaves_no_trace():
    store = Store()
    with store.saving():
        kept = store.add(thing("kept"))
        gone = store.add(thing("gone"))
    with pytest.raises(RuntimeError):
        fail_after(
            store,
            lambda: store.change(kept, size=2),
            lambda: store.change(kept, size=3, colour="green"),
            lambda: store.remove(gone),
            lambda: store.add(thing("new")),
        )
    assert [each["id"] for each in store.all("thing")] == ["kept", "gone"]
    assert kept == thing("kept")
    assert store.find("new") is None


def test_an_inner_failure_that_is_caught_undoes_only_itself():
    store = Store()
    with store.saving():
        kept = store.add(thing("kept"))
        store.change(kept, size=2)
        with pytest.raises(RuntimeError):
            fail_after(store, lambda: store.change(kept, size=3))
    assert kept["size"] == 2


def test_things_are_in_the_order_of_their_creation():
    store = Store()
    with store.saving():
        for name, created in (("b", 20), ("a", 10), ("c", 20)):
            store.add(thing(name, created))
    assert [each["id"] for each in store.all("thing")] == ["a", "b", "c"]
    assert [each["id"] for each in store.all("thing", newest_first=True)] == ["c", "b", "a"]
    assert list(store.all("nothing")) == []


def test_things_are_found_by_a_field_as_it_is_now_and_after_what_failed():
    store = Store()
    with store.saving():
        red, green = store.add({**thing("a", 2), "colour": "red"}), store.add({**thing("b", 1), "colour": "red"})
    assert store.where("thing", "colour", "red") == [green, red]
    with store.saving():
        store.change(green, colour="green")
        added = store.add({**thing("c", 3), "colour": "red"})
    assert store.where("thing", "colour", "red", newest_first=True) == [added, red]
    with pytest.raises(RuntimeError):
        fail_after(
            store,
            lambda: store.change(red, colour="green"),
            lambda: store.remove(added),
            lambda: store.add({**thing("d"), "colour": "red"}),
        )
    assert [each["id"] for each in store.where("thing", "colour", "red")] == ["a", "c"]
    assert store.where("thing", "colour", "green") == [green]
    assert store.where("thing", "colour", "blue") == []


def test_a_stretch_of_things_is_found_without_the_others():
    store = Store()
    with store.saving():
        for number, name in enumerate("abcdef"):
            store.add(thing(name, 10 * number))

    def names(**bounds: Any) -> str:
        return "".join(each["id"] for each in store.between("thing", **bounds))

    assert names() == "fedcba"
    assert names(above="b", below="e") == "dc"
    assert names(since=20, until=40) == "edc"
    assert names(since=11, newest_first=False) == "cdef"
    assert names(above="f") == ""


def job(name: str, at: int | None, clock: str | None = None) -> dict[str, Any]:
    return {"id": name, "object": "_job", "created": 1, "at": at, "clock": clock, "target": "x"}


def test_the_soonest_job_is_found_whatever_was_removed_or_undone():
    store = Store()
    with store.saving():
        store.add(job("later", 20))
        sooner = store.add(job("sooner", 10))
        store.add(job("held", None))
        store.add(job("elsewhere", 5, "clock"))
    with pytest.raises(RuntimeError):
        fail_after(store, lambda: store.remove(sooner), store.soonest, lambda: store.add(job("new", 1)))
    assert store.soonest() == sooner
    with store.saving():
        store.remove(sooner)
    found, apart = store.soonest(), store.soonest("clock")
    assert found is not None
    assert apart is not None
    assert (found["id"], apart["id"]) == ("later", "elsewhere")
    assert store.soonest("another") is None


def test_an_id_is_given_once():
    store = Store()
    store.add(thing("same"))
    with pytest.raises(KeyError):
        store.add(thing("same"))


def test_all_is_found_again_after_a_restart(tmp_path: Path):
    file = tmp_path / "state.sqlite3"
    with start_in_thread(state=file, seed="first") as sandbox:
        api = sandbox.stripe_client()
        paid = api.v1.checkout.sessions.create(session_params(), {"idempotency_key": "key"})
        sandbox.pay(paid.id)
        left = api.v1.checkout.sessions.create(session_params())
        sandbox.hold()
        sandbox.listen("http://127.0.0.1:9/nobody")
    with start_in_thread(state=file, seed=None) as sandbox:
        api = sandbox.stripe_client()
        expand = {"expand": ["payment_intent.latest_charge.balance_transaction"]}
        again = api.v1.checkout.sessions.retrieve(paid.id, expand)
        assert again.payment_intent.latest_charge.balance_transaction.fee == 250
        assert len(api.v1.events.list().data) == 5
        replayed = api.v1.checkout.sessions.create(session_params(), {"idempotency_key": "key"})
        assert (replayed.id, replayed.last_response.headers["Idempotent-Replayed"]) == (paid.id, "true")
        fresh = api.v1.checkout.sessions.create(session_params())
        assert fresh.id not in (paid.id, left.id)
        sandbox.clock(offset=25 * 3600)
        assert api.v1.checkout.sessions.retrieve(left.id).status == "expired"
        assert [each.url for each in api.v1.webhook_endpoints.list().data] == ["http://127.0.0.1:9/nobody"]


def test_ids_depend_on_seed_kind_and_number():
    assert Ids("a").new("charge") == Ids("a").new("charge") != Ids("b").new("charge")
    ids = Ids("a")
    assert len({ids.new(kind) for kind in FORMS for _ in range(50)}) == 50 * len(FORMS)
    assert Ids("a", {"charge": 1}).new("charge") != Ids("a").new("charge")


def test_the_clock_is_moved_stopped_and_set_right():
    clock = Clock()
    start = clock.now()
    clock.move(offset=-1000)
    assert start - 1001 <= clock.now() <= start - 998
    clock.move(now=1_700_000_000, stopped=True)
    assert (clock.now(), clock.stopped) == (1_700_000_000, True)
    clock.move(offset=0)
    assert clock.now() - start <= 2
    assert clock.stopped is False
