"""Idempotency keys."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import stripe

from stripe_sandbox.server import Sandbox
from stripe_sandbox.testing import Client
from stripe_sandbox.world import Settings
from tests.factories.stripe_sandbox import session_params
from tests.support.meeting import LONGEST_SECONDS, until


def test_the_first_answer_is_given_again(api: stripe.StripeClient, sandbox: Client):
    first = api.v1.checkout.sessions.create(session_params(), {"idempotency_key": "donation:7:create:1"})
    sandbox.pay(first.id)
    again = api.v1.checkout.sessions.create(session_params(), {"idempotency_key": "donation:7:create:1"})
    assert again.to_dict() == first.to_dict()
    assert again.status == "open"
    headers = again.last_response.headers
    assert headers["Idempotent-Replayed"] == "true"
    assert headers["Original-Request"] == first.last_response.request_id
    assert len(api.v1.checkout.sessions.list().data) == 1


def test_without_a_key_each_call_is_another(api: stripe.StripeClient):
    ids = {api.v1.checkout.sessions.create(session_params()).id for _ in "ab"}
    assert len(ids) == 2


def test_changed_parameters_are_an_error(api: stripe.StripeClient):
    api.v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"})
    with pytest.raises(stripe.IdempotencyError) as caught:
        api.v1.customers.create({"name": "Maria"}, {"idempotency_key": "key"})
    assert caught.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError):
        api.v1.refunds.create({"charge": "ch_1"}, {"idempotency_key": "key"})


def test_an_answer_that_names_an_error_is_given_again(api: stripe.StripeClient):
    seen = []
    for _ in "ab":
        with pytest.raises(stripe.InvalidRequestError) as caught:
            api.v1.refunds.create({"charge": "ch_nothing"}, {"idempotency_key": "key"})
        seen.append(caught.value.headers.get("Idempotent-Replayed"))
    assert seen == [None, "true"]


def test_a_500_is_given_again_though_its_effect_stands(api: stripe.StripeClient, sandbox: Client):
    sandbox.fault("error", path="/v1/customers", when="after")
    for _ in "ab":
        with pytest.raises(stripe.APIError) as caught:
            api.v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"})
        assert caught.value.http_status == 500
    assert caught.value.headers["Idempotent-Replayed"] == "true"
    assert len(api.v1.customers.list().data) == 1


def test_what_never_began_is_not_kept(api: stripe.StripeClient, sandbox: Client):
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.customers.create({"nickname": "x"}, {"idempotency_key": "key"})
    sandbox.fault("error", status=429)
    with pytest.raises(stripe.RateLimitError):
        api.v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"})
    assert api.v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"}).name == "Anna"


@pytest.fixture
def go_on(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Calls that are made slow last until this is set."""
    given = threading.Event()
    waiting = SimpleNamespace(sleep=lambda _: given.wait(LONGEST_SECONDS))
    monkeypatch.setattr("stripe_sandbox.api.time", waiting)
    return given


def test_a_key_in_use_is_a_conflict(api: stripe.StripeClient, sandbox: Client, go_on: threading.Event):
    sandbox.fault("slow", path="/v1/customers")
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(api.v1.customers.create, {"name": "Anna"}, {"idempotency_key": "key"})
        until(lambda: sandbox.faults()[0]["struck"], "the slow call is under way")
        # The SDK knows idempotency errors by status 400 alone; this one it calls an APIError.
        with pytest.raises(stripe.APIError) as caught:
            api.v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"})
        assert (caught.value.http_status, caught.value.error.code) == (409, "idempotency_key_in_use")
        go_on.set()
        made = slow.result()
    assert api.v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"}).id == made.id


def test_parallel_calls_with_one_key_have_one_effect(api: stripe.StripeClient, sandbox: Client):
    def create(_: int) -> str | None:
        try:
            return sandbox.stripe_client().v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"}).id
        except stripe.APIError as conflict:
            if conflict.error.code != "idempotency_key_in_use":
                raise
            return None

    with ThreadPoolExecutor(8) as pool:
        ids = {each for each in pool.map(create, range(16)) if each}
    assert len(ids) == 1
    assert len(api.v1.customers.list().data) == 1


class Forgetful(set[str]):
    """Keys in use that nobody remembers."""

    def __contains__(self, key: object) -> bool:
        return False


@pytest.mark.parametrize(("remembering", "made"), [(True, 1), (False, 4)])
def test_it_is_the_key_in_use_that_keeps_parallel_calls_apart(remembering: bool, made: int, go_on: threading.Event):
    sandbox = Sandbox(Settings(seed="tests"))
    if not remembering:
        sandbox.api.idempotency.in_use = Forgetful()
    sandbox.start()
    try:
        client = Client(sandbox.url)
        client.fault("slow", method="POST", times=None)

        def create(_: int) -> int:
            try:
                client.stripe_client().v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"})
            except stripe.APIError as error:
                return error.http_status
            return 200

        with ThreadPoolExecutor(4) as pool:
            calls = [pool.submit(create, number) for number in range(4)]
            until(
                lambda: client.faults()[0]["struck"] + sum(call.done() for call in calls) == 4,
                "each call is refused or under way",
            )
            go_on.set()
            answered = [call.result() for call in calls]
        assert answered.count(200) == made
        assert len(client.stripe_client().v1.customers.list().data) == made
    finally:
        sandbox.stop()


def test_a_key_is_forgotten_after_a_day(api: stripe.StripeClient, sandbox: Client):
    first = api.v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"})
    sandbox.clock(offset=24 * 3600 + 5)
    assert api.v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"}).id != first.id


def test_a_key_has_at_most_255_characters(api: stripe.StripeClient):
    with pytest.raises(stripe.IdempotencyError):
        api.v1.customers.create({}, {"idempotency_key": "x" * 256})
