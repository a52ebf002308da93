"""Lists, their pages and filters, and what can be expanded."""

import pytest
import stripe

from stripe_sandbox.testing import Client
from tests.factories.stripe_sandbox import session_params


@pytest.fixture
def names(api: stripe.StripeClient) -> list[str]:
    """Twelve customers; their ids, newest first."""
    return [api.v1.customers.create({"email": f"{letter}@example.org"}).id for letter in "abcdefghijkl"][::-1]


def ids(page: stripe.ListObject[stripe.Customer]) -> list[str]:
    return [each.id for each in page.data]


def test_pages_forward_and_back(api: stripe.StripeClient, names: list[str]):
    first = api.v1.customers.list()
    assert (ids(first), first.has_more) == (names[:10], True)
    second = api.v1.customers.list({"starting_after": names[9]})
    assert (ids(second), second.has_more) == (names[10:], False)
    back = api.v1.customers.list({"ending_before": names[10], "limit": 3})
    assert (ids(back), back.has_more) == (names[7:10], True)
    newest = api.v1.customers.list({"ending_before": names[2]})
    assert (ids(newest), newest.has_more) == (names[:2], False)


def test_the_sdk_pages_by_itself_both_ways(api: stripe.StripeClient, names: list[str]):
    assert [each.id for each in api.v1.customers.list({"limit": 5}).auto_paging_iter()] == names
    older = api.v1.customers.list({"limit": 5, "ending_before": names[-1]})
    assert [each.id for each in older.auto_paging_iter()] == names[-2::-1]


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"limit": 0}, "parameter_invalid_integer", "limit"),
        ({"limit": 101}, "parameter_invalid_integer", "limit"),
        ({"starting_after": "cus_nobody"}, "resource_missing", "starting_after"),
        ({"starting_after": "a", "ending_before": "b"}, "parameters_exclusive", "starting_after"),
    ],
)
def test_odd_pages_are_refused(api: stripe.StripeClient, params: dict[str, object], code: str, param: str):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.customers.list(params)
    assert (caught.value.code, caught.value.param) == (code, param)


def test_lists_follow_the_time_of_creation(api: stripe.StripeClient, sandbox: Client):
    made = {}
    for at in (1_700_000_300, 1_700_000_100, 1_700_000_200):
        sandbox.clock(now=at, stopped=True)
        made[at] = api.v1.customers.create({}).id
    assert ids(api.v1.customers.list()) == [made[at] for at in sorted(made, reverse=True)]
    between = api.v1.customers.list({"created": {"gte": 1_700_000_200, "lt": 1_700_000_300}})
    assert ids(between) == [made[1_700_000_200]]
    assert ids(api.v1.customers.list({"created": 1_700_000_100})) == [made[1_700_000_100]]
    assert ids(api.v1.customers.list({"created": {"gt": 1_700_000_300}})) == []


def test_events_by_type(api: stripe.StripeClient, sandbox: Client):
    sandbox.pay(api.v1.checkout.sessions.create(session_params()).id)

    def kinds(**params: object) -> list[str]:
        return [event.type for event in api.v1.events.list(params).data]

    assert kinds(type="charge.*") == ["charge.updated", "charge.succeeded"]
    assert kinds(types=["charge.updated", "payment_intent.created"]) == ["charge.updated", "payment_intent.created"]
    assert kinds(type="refund.failed") == []
    for odd in ({"type": "a", "types": ["b"]}, {"types": ["charge.updated"] * 21}):
        with pytest.raises(stripe.InvalidRequestError):
            kinds(**odd)


def test_balance_transactions_by_source_and_type(api: stripe.StripeClient, sandbox: Client):
    sandbox.pay(api.v1.checkout.sessions.create(session_params()).id)
    charge = api.v1.charges.list().data[0]
    api.v1.refunds.create({"charge": charge.id, "amount": 100})
    transactions = api.v1.balance_transactions
    assert [each.type for each in transactions.list().data] == ["refund", "charge"]
    assert [each.source for each in transactions.list({"type": "charge"}).data] == [charge.id]
    assert [each.net for each in transactions.list({"source": charge.id}).data] == [9_750]
    assert transactions.list({"payout": "po_nothing"}).data == []


def test_expanding_in_a_list_and_through_several_objects(api: stripe.StripeClient, sandbox: Client):
    sandbox.pay(api.v1.checkout.sessions.create(session_params()).id)
    sessions = api.v1.checkout.sessions.list({"expand": ["data.payment_intent.latest_charge.balance_transaction"]})
    intent = sessions.data[0].payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert isinstance(intent.latest_charge.balance_transaction, stripe.BalanceTransaction)
    transaction = api.v1.balance_transactions.list({"expand": ["data.source"]}).data[0]
    assert isinstance(transaction.source, stripe.Charge)


def test_expanding_nothing_leaves_nothing(api: stripe.StripeClient):
    session = api.v1.checkout.sessions.create(session_params(expand=["payment_intent.latest_charge", "customer"]))
    assert (session.payment_intent, session.customer) == (None, None)


@pytest.mark.parametrize("path", ["metadata", "colour", "payment_intent.colour", "a.b.c.d.e", "data.customer"])
def test_what_cannot_be_expanded_is_refused_and_has_no_effect(api: stripe.StripeClient, sandbox: Client, path: str):
    sandbox.pay(api.v1.checkout.sessions.create(session_params()).id)
    session = api.v1.checkout.sessions.list().data[0]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.checkout.sessions.update(session.id, {"metadata": {"new": "1"}, "expand": [path]})
    assert caught.value.param == "expand"
    assert "new" not in api.v1.checkout.sessions.retrieve(session.id).to_dict()["metadata"]


def test_a_customer_is_changed_and_erased(api: stripe.StripeClient):
    customer = api.v1.customers.create({"email": "anna@example.org", "name": "Anna", "metadata": {"a": "1"}})
    changed = api.v1.customers.update(customer.id, {"phone": "+48 600 000 000", "metadata": ""})
    assert (changed.phone, changed.metadata.to_dict()) == ("+48 600 000 000", {})
    assert ids(api.v1.customers.list({"email": "anna@example.org"})) == [customer.id]
    assert api.v1.customers.delete(customer.id).deleted is True
    assert api.v1.customers.retrieve(customer.id).to_dict() == {
        "id": customer.id,
        "object": "customer",
        "deleted": True,
    }
    assert ids(api.v1.customers.list()) == []
    for act in (
        lambda: api.v1.customers.update(customer.id, {"name": "x"}),
        lambda: api.v1.checkout.sessions.create(session_params(customer=customer.id, customer_email=None)),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
            act()


def test_an_intent_is_cancelled_only_before_it_is_paid(api: stripe.StripeClient, sandbox: Client):
    session = api.v1.checkout.sessions.create(session_params())
    sandbox.pay(session.id, card="4000000000000002")
    intent = api.v1.payment_intents.list().data[0]
    assert api.v1.payment_intents.update(intent.id, {"metadata": {"a": "1"}}).metadata["a"] == "1"
    assert api.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"}).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.payment_intents.cancel(intent.id)
    assert caught.value.code == "payment_intent_unexpected_state"
    method = api.v1.payment_methods.retrieve(api.v1.charges.list().data[0].payment_method)
    assert method.card.last4 == "0002"
    assert api.v1.charges.update(api.v1.charges.list().data[0].id, {"description": "x"}).description == "x"
