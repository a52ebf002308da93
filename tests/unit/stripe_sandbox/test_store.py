"""Where objects are kept: together or not at all, and over a restart."""

from collections.abc import Callable
from pathlib import Path

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
