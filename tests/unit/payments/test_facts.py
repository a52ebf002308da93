"""Stripe's words in ours: total, and an unknown word raises."""

import ast
import inspect
import textwrap

import pytest
import stripe
from stripe import checkout

from payments.provider import EventTopic, MovementKind
from payments.stripe import facts, money, renewal_facts
from payments.stripe.events import TOPICS, event_facts
from payments.stripe.movements import KINDS, movement_kind


@pytest.mark.parametrize(
    ("owner", "table"),
    [
        (checkout.Session, facts.CHECKOUT_STATUS),
        (stripe.PaymentIntent, facts.PAYMENT_STATUS),
        (stripe.Charge, facts.CHARGE_STATUS),
        (stripe.Subscription, renewal_facts.SUBSCRIPTION_STATUS),
        (stripe.Invoice, renewal_facts.INVOICE_STATUS),
        (stripe.Dispute, money.DISPUTE_STATUS),
    ],
)
def test_every_status_of_the_sdk_has_its_word(owner: type, table: dict[str, object]) -> None:
    assert _literals(owner, "status") == set(table)


def _literals(owner: type, field: str) -> set[str]:
    """The SDK imports the types of other objects only for type checkers, so the annotation is read as text."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    body = tree.body[0]
    assert isinstance(body, ast.ClassDef)
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == field:
            return {
                each.value
                for each in ast.walk(node.annotation)
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            }
    raise AssertionError(field)


def test_an_unknown_word_raises_and_is_never_guessed() -> None:
    with pytest.raises(facts.UnknownWord) as unknown:
        facts.known(facts.CHARGE_STATUS, "teleported", "charge.status")
    assert (unknown.value.what, unknown.value.word) == ("charge.status", "teleported")
    with pytest.raises(facts.UnknownWord):
        facts.known(facts.CHARGE_STATUS, None, "charge.status")


def test_movements_that_we_do_not_use_are_named_other() -> None:
    assert set(KINDS) <= _literals(stripe.BalanceTransaction, "type")
    assert movement_kind("payment", category="charge") is MovementKind.CHARGE
    assert movement_kind("climate_order_purchase", category="climate_order_purchase") is MovementKind.OTHER


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("dispute", MovementKind.DISPUTE),
        ("dispute_reversal", MovementKind.DISPUTE),
        ("other_adjustment", MovementKind.OTHER),
    ],
)
def test_an_adjustment_is_known_by_its_reporting_category(category: str, kind: MovementKind) -> None:
    assert movement_kind("adjustment", category=category) is kind


def test_events_we_listen_to_exist_at_stripe() -> None:
    assert set(TOPICS) <= _literals(stripe.Event, "type")
    assert EventTopic.NONE not in TOPICS.values()


@pytest.mark.parametrize("kind", ["product.created", "transfer.created"])
def test_other_events_carry_the_reason(kind: str) -> None:
    client = stripe.StripeClient("sk_test_x")
    event = client.construct_event_without_verification(
        f'{{"object": "event", "id": "evt_1", "type": "{kind}", "created": 1, "livemode": false,'
        ' "data": {"object": {"id": "x"}}}'
    )
    told = event_facts(event)
    assert told.topic is EventTopic.NONE
    assert told.ignored_because
