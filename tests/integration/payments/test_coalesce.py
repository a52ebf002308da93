"""Many notices of one object: one fetch, and none is lost on the way. The locks with their negative controls."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from payments import operations
from payments.models import EventState, ProviderEvent
from payments.operations import coalesce
from payments.provider import ChargeFacts
from payments.stripe import StripeProvider
from stripe_sandbox.testing import Client
from tests.factories.payments import begin, checkout_ref, deliver, events_of
from tests.factories.time import NOW
from tests.integration.payments.test_races import at_once
from tests.support.database import CommittedDatabase
from tests.support.queue import Hint

pytestmark = pytest.mark.money

NOTICES = 6
Fetch = Callable[..., ChargeFacts]


@pytest.fixture
def fetches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The charges that the provider was asked for, in order."""
    asked: list[str] = []
    fetch: Fetch = StripeProvider.fetch_charge

    def noted(provider: StripeProvider, *, ref: str) -> ChargeFacts:
        asked.append(ref)
        return fetch(provider, ref=ref)

    monkeypatch.setattr(StripeProvider, "fetch_charge", noted)
    return asked


def notice_of_a_charge(sandbox: Client) -> dict[str, Any]:
    sandbox.pay(checkout_ref(begin()))
    event = next(each for each in events_of(sandbox) if each["data"]["object"]["object"] == "charge")
    return {**event, "type": "charge.updated"}


def tell(sandbox: Client, event: dict[str, Any], times: int, word: str = "again") -> list[int]:
    """As many notices of the same charge; their ids."""
    return [deliver(sandbox=sandbox, event={**event, "id": f"evt_{word}_{number}"}).event_id for number in range(times)]


def pending() -> int:
    return ProviderEvent.objects.filter(state=EventState.PENDING).count()


@pytest.mark.django_db
def test_one_fetch_closes_all_notices_of_an_object(sandbox: Client, fetches: list[str]) -> None:
    ids = tell(sandbox, notice_of_a_charge(sandbox), NOTICES)
    states = {operations.process_event(event_id=pk, now=NOW) for pk in ids}
    assert states == {EventState.PROCESSED}
    assert len(fetches) == 1
    assert set(ProviderEvent.objects.values_list("attempts", "processed_at")) == {(1, NOW)}


@pytest.mark.django_db
def test_another_object_s_notices_stay(sandbox: Client, fetches: list[str]) -> None:
    event = notice_of_a_charge(sandbox)
    (pk,) = tell(sandbox, event, 1)
    other = {**event, "data": {"object": {**event["data"]["object"], "id": "ch_of_another"}}}
    same_ref_other_topic = {**other, "type": "payment_intent.succeeded", "data": event["data"]}
    tell(sandbox, other, 1, "another")
    tell(sandbox, same_ref_other_topic, 1, "topic")
    operations.process_event(event_id=pk, now=NOW)
    assert pending() == 2


@pytest.mark.django_db
def test_all_are_postponed_together(sandbox: Client, fetches: list[str]) -> None:
    ids = tell(sandbox, notice_of_a_charge(sandbox), NOTICES)
    sandbox.fault("error", method="GET", status=503, times=None)
    assert operations.process_event(event_id=ids[-1], now=NOW) is EventState.PENDING
    postponed = ProviderEvent.objects.filter(attempts=1, next_attempt_at__gt=NOW)
    assert (len(fetches), postponed.count(), pending()) == (1, NOTICES, NOTICES)


@pytest.mark.slow
def test_workers_at_once_fetch_once(committed_db: CommittedDatabase, sandbox: Client, fetches: list[str]) -> None:
    ids = tell(sandbox, notice_of_a_charge(sandbox), NOTICES)
    at_once(lambda number: operations.process_event(event_id=ids[number], now=NOW), times=NOTICES)
    assert (len(fetches), pending()) == (1, 0)


@pytest.mark.slow
def test_without_the_claim_each_worker_fetches(
    committed_db: CommittedDatabase, sandbox: Client, fetches: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: everybody is granted the object, and the race shows."""
    monkeypatch.setattr(coalesce, "CLAIM", "SELECT length(%s) > 0")
    ids = tell(sandbox, notice_of_a_charge(sandbox), NOTICES)
    meet, met = threading.Barrier(NOTICES, timeout=60), threading.local()
    of_object = coalesce._pending

    def together(**given: Any) -> Any:
        if not hasattr(met, "all"):
            met.all = meet.wait()
        return of_object(**given)

    monkeypatch.setattr(coalesce, "_pending", together)
    at_once(lambda number: operations.process_event(event_id=ids[number], now=NOW), times=NOTICES)
    assert len(fetches) > 1


@pytest.fixture
def arrives_meanwhile(
    sandbox: Client, fetches: list[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[dict[str, Any]], None]:
    """Stores one more notice while the first fetch is under way, and lets a worker look at it at once."""

    def arrange(event: dict[str, Any]) -> None:
        fetch: Fetch = StripeProvider.fetch_charge

        def while_another_comes(provider: StripeProvider, *, ref: str) -> ChargeFacts:
            facts = fetch(provider, ref=ref)
            if len(fetches) == 1:
                at_once(lambda _: _look_at(tell(sandbox, event, 1, "late")), times=1)
            return facts

        monkeypatch.setattr(StripeProvider, "fetch_charge", while_another_comes)

    return arrange


def _look_at(ids: list[int]) -> None:
    assert operations.process_event(event_id=ids[0], now=NOW) is EventState.PENDING


@pytest.mark.slow
def test_what_comes_during_the_fetch_is_fetched_for_again(
    committed_db: CommittedDatabase,
    sandbox: Client,
    fetches: list[str],
    hints: list[Hint],
    arrives_meanwhile: Callable[[dict[str, Any]], None],
) -> None:
    """The object may have changed since: its own worker leaves it to the one who holds the object, who wakes it."""
    sandbox.fault("late_balance_transaction")  # so that there is still something to learn of it
    event = notice_of_a_charge(sandbox)
    (pk,) = tell(sandbox, event, 1)
    arrives_meanwhile(event)
    hints.clear()
    assert operations.process_event(event_id=pk, now=NOW) is EventState.PROCESSED
    late = ProviderEvent.objects.get(ref="evt_late_0")
    assert (late.state, len(fetches)) == (EventState.PENDING, 1)
    # once when it was stored (that hint was used up in vain), and once when the object was free again
    assert hints.count(("payments.process_event", (late.pk,))) == 2
    assert operations.process_event(event_id=late.pk, now=NOW) is EventState.PROCESSED
    assert len(fetches) == 2


@pytest.mark.slow
def test_closing_whatever_is_pending_would_lose_it(
    committed_db: CommittedDatabase,
    sandbox: Client,
    fetches: list[str],
    monkeypatch: pytest.MonkeyPatch,
    arrives_meanwhile: Callable[[dict[str, Any]], None],
) -> None:
    """The negative control: without the list made before the fetch, a newer state is never looked at."""
    event = notice_of_a_charge(sandbox)
    (pk,) = tell(sandbox, event, 1)
    arrives_meanwhile(event)
    close = operations.process._close

    def close_all(*, ids: tuple[int, ...], **given: Any) -> EventState:
        return close(ids=tuple(ProviderEvent.objects.values_list("pk", flat=True)), **given)

    monkeypatch.setattr("payments.operations.process._close", close_all)
    operations.process_event(event_id=pk, now=NOW)
    assert (ProviderEvent.objects.get(ref="evt_late_0").state, len(fetches)) == (EventState.PROCESSED, 1)


@pytest.mark.slow
def test_a_worker_that_fails_gives_the_object_back(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pk,) = tell(sandbox, notice_of_a_charge(sandbox), 1)
    with monkeypatch.context() as broken:
        broken.setattr(StripeProvider, "fetch_charge", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            operations.process_event(event_id=pk, now=NOW)
    states = at_once(lambda _: operations.process_event(event_id=pk, now=NOW), times=1)
    assert states == [EventState.PROCESSED]


@pytest.mark.slow
def test_a_session_that_can_t_give_it_back_is_ended(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = notice_of_a_charge(sandbox)
    (pk,) = tell(sandbox, event, 1)
    ask = coalesce._ask

    def unheard(sql: str, name: str) -> bool:
        if sql == coalesce.GIVE_BACK:
            raise DatabaseError
        return ask(sql, name)

    monkeypatch.setattr(coalesce, "_ask", unheard)
    session = connection.connection
    assert operations.process_event(event_id=pk, now=NOW) is EventState.PROCESSED
    assert connection.connection is not session
    monkeypatch.setattr(coalesce, "_ask", ask)
    (again,) = tell(sandbox, event, 1, "later")
    assert at_once(lambda _: operations.process_event(event_id=again, now=NOW), times=1) == [EventState.PROCESSED]


@pytest.mark.slow
def test_the_sweeper_wakes_each_object_once_and_then_others(
    committed_db: CommittedDatabase, sandbox: Client, hints: list[Hint], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = notice_of_a_charge(sandbox)
    other = {**event, "data": {"object": {**event["data"]["object"], "id": "ch_of_another"}}}
    first, second = tell(sandbox, event, 3)[0], tell(sandbox, other, 3, "another")[0]
    monkeypatch.setattr(coalesce, "MOST_HINTS", 3)
    hints.clear()
    later = NOW + timedelta(minutes=2)
    assert [coalesce.hint_at_pending(now=later) for _ in range(3)] == [1, 1, 0]
    assert len(hints) == 2
    assert {(int(args[0]) - first) // 3 for _, args in hints} == {0, (second - first) // 3}
    assert coalesce.hint_at_pending(now=later + coalesce.WOKEN_AGAIN_AFTER) == 1


@pytest.mark.slow
def test_the_sweeper_wakes_first_what_settles_most(
    committed_db: CommittedDatabase, sandbox: Client, hints: list[Hint]
) -> None:
    """The page brings the charge with it: looked at in this order, the charge is not booked twice over."""
    event = notice_of_a_charge(sandbox)
    page = {**event, "type": "checkout.session.completed", "data": {"object": {"id": "cs_of_it"}}}
    (charge,), (checkout,) = tell(sandbox, event, 1), tell(sandbox, page, 1, "page")
    hints.clear()
    coalesce.hint_at_pending(now=NOW + timedelta(minutes=2))
    assert [args for _, args in hints] == [(checkout,), (charge,)]
