"""Taking a notice costs one statement, whatever it is about; and many at once of the same are one."""

import json
from typing import Any

import pytest
import stripe
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from payments import operations
from payments.models import ProviderEvent
from payments.operations import Received
from tests.factories.time import NOW
from tests.integration.payments.test_races import at_once
from tests.support.database import CommittedDatabase
from tests.support.queue import Hint

SECRET = "whsec_of_now"
AT_ONCE = 8


@pytest.fixture(autouse=True)
def _secret(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]


def take(kind: str = "charge.updated", **told: Any) -> Received:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "created": int(NOW.timestamp()),
        "livemode": False,
        "data": {"object": {"id": "ch_1", "object": "charge", **told}},
    }
    body = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, SECRET, timestamp=int(NOW.timestamp()))
    return operations.receive_webhook(body=body.encode(), signature=header, now=NOW)


@pytest.mark.django_db
def test_taking_a_notice_is_one_statement() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert take().created
    assert [each["sql"].split()[0] for each in captured.captured_queries] == ["INSERT"]


@pytest.mark.slow
def test_the_same_at_once_is_stored_and_hinted_once(committed_db: CommittedDatabase, hints: list[Hint]) -> None:
    taken = at_once(lambda _: take(), times=AT_ONCE)
    stored = ProviderEvent.objects.get()
    assert {each.event_id for each in taken if isinstance(each, Received)} == {stored.pk}
    assert sum(each.created for each in taken if isinstance(each, Received)) == 1
    assert hints == [("payments.process_event", (stored.pk,))]


@pytest.mark.django_db
@pytest.mark.parametrize("invoice", ["in_1", {"id": "in_1", "object": "invoice", "lines": {"data": [{"id": "il_1"}]}}])
def test_an_object_that_is_named_is_found_spelt_out_or_not(invoice: object) -> None:
    pk = take(
        "invoice_payment.paid", invoice=invoice, payment={"type": "payment_intent"}, lines=[{"id": "il_1"}]
    ).event_id
    stored = ProviderEvent.objects.get(pk=pk)
    assert (stored.topic, stored.object_ref) == ("invoice", "in_1")
