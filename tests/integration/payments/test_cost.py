"""What starting and settling cost the database: the checkout's budget of 30 queries has other guests too."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments import operations
from stripe_sandbox.testing import Client
from tests.factories.donors import make_donor
from tests.factories.ledger import make_books
from tests.factories.payments import FOREST_GIFT, NIGHT, begin, checkout_ref
from tests.factories.time import NOW

pytestmark = pytest.mark.django_db


def real(captured: CaptureQueriesContext) -> list[str]:
    """Without the savepoints that a test's own database transaction makes of ours."""
    return [each["sql"] for each in captured.captured_queries if "SAVEPOINT" not in each["sql"]]


def test_starting_a_donation(sandbox: Client) -> None:
    make_books()
    donor_id = make_donor()
    with CaptureQueriesContext(connection) as captured:
        begin(donor_id=donor_id, lines=(NIGHT, FOREST_GIFT))
    asked = [sql for sql in real(captured) if "ledger_fund" not in sql]
    assert len(asked) <= 12, "\n".join(asked)


def test_settling(sandbox: Client) -> None:
    started = begin(lines=(NIGHT, FOREST_GIFT))
    sandbox.pay(checkout_ref(started))
    with CaptureQueriesContext(connection) as captured:
        operations.settle(donation_id=started.donation_id, now=NOW)
    assert len(real(captured)) <= 32, "\n".join(real(captured))
