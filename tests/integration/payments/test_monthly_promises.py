"""Each promise about monthly gifts is broken behind the application's back, and the audit finds it."""

from datetime import timedelta

import pytest
from django.db import connection

from payments import operations
from payments.models import Donation
from stripe_sandbox.testing import Client
from tests.factories.ledger import make_books
from tests.factories.monthly_life import give_monthly
from tests.factories.time import NOW
from tests.integration.payments.test_promises import GUARDED, as_owner, broken
from tests.support.database import CommittedDatabase

OTHER_TERMS = (
    "INSERT INTO payments_monthlygift SELECT (jsonb_populate_record(g, jsonb_build_object('id', g.id + 1000,"
    " 'intent_key', 'x', 'token', 'x', 'checkout_ref', null, 'subscription_ref', null, 'kind', 'by_hand'))).*"
    " FROM payments_monthlygift g"
)
COPY_OF_A_DONATION = (
    "INSERT INTO payments_donation SELECT (jsonb_populate_record(d, jsonb_build_object('id', d.id + 1000,"
    " 'intent_key', 'x', 'token', 'x', 'checkout_ref', null, 'invoice_ref', 'in_x'))).* FROM payments_donation d"
)
BREAKS: list[tuple[int, str, list[str]]] = [
    (
        4,
        "a renewal of no monthly gift",
        ["UPDATE payments_donation SET monthly_gift_id = null, monthly_terms_id = null, due_on = null"],
    ),
    (4, "a renewal under another's terms", [OTHER_TERMS, "UPDATE payments_monthlyterms SET gift_id = gift_id + 1000"]),
    (
        4,
        "a commitment after its renewal",
        ["UPDATE payments_monthlygift SET created_at = created_at + interval '1 day'"],
    ),
    (
        4,
        "terms after their renewal",
        ["UPDATE payments_monthlyterms SET created_at = created_at + interval '1 day'"],
    ),
    (5, "two gifts for a period", ["DROP INDEX donation_one_per_monthly_period", COPY_OF_A_DONATION]),
    (
        5,
        "a gift after the end",
        ["UPDATE payments_monthlygift SET state = 'cancelled', cancelled_at = created_at - interval '1 day'"],
    ),
    (8, "a live gift whose subscription ended", ["UPDATE payments_monthlysubscription SET ended_at = now()"]),
    (
        8,
        "an ended gift whose subscription lives",
        ["UPDATE payments_monthlygift SET state = 'cancelled', cancelled_at = now() + interval '100 years'"],
    ),
]


def test_each_promise_is_found_when_broken(
    committed_db: CommittedDatabase, sandbox: Client, subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tests.integration.payments.test_promises.GUARDED", [*GUARDED, "payments_monthlyterms", "payments_monthlyline"]
    )
    make_books(now=NOW)
    give_monthly(sandbox=sandbox, cover_fee=True)
    operations.compare_with_provider(now=NOW + timedelta(days=1))
    assert Donation.objects.count() == 1
    assert broken() == set()
    for number, name, statements in BREAKS:
        with subtests.test(promise=number, broken_by=name), as_owner(committed_db):
            with connection.cursor() as cursor:
                for sql in statements:
                    cursor.execute(sql)
            assert number in broken()
    assert broken() == set()
