"""Each promise is broken by the owner of the tables, behind the application's back, and the audit finds it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from ledger import audit
from payments import operations
from payments.models import Charge, Dispute, Donation, StaffMatter
from payments.operations.book_charge import WrongMode
from payments.operations.disputes import answer_dispute
from payments.operations.matters import resolve_matter
from stripe_sandbox.testing import Client
from tests.factories.ledger import make_books
from tests.factories.money_afterwards import disputed, paid_out, pass_days, treasurer
from tests.factories.payments import begin, checkout_ref, deliver, events_of, give, make_staff
from tests.factories.share import share_policy
from tests.factories.time import NOW
from tests.support.database import CommittedDatabase

CLEARING = "(SELECT id FROM ledger_account WHERE code = 'asset:stripe_clearing')"
COPY_OF_A_CHARGE = (
    "INSERT INTO payments_charge (ref, payment_ref, donation_id, outcome, amount_minor, currency, booked_minor, method,"
    " livemode, paid_at, seen_at) SELECT 'ch_2', 'pi_2', donation_id, outcome, amount_minor, currency, booked_minor,"
    " method, livemode, paid_at, seen_at FROM payments_charge LIMIT 1"
)
FIRST_OF = "(SELECT min(id) FROM ledger_journalentry WHERE kind = '{kind}')"
A_DISPUTE = (
    "INSERT INTO payments_balancemovement (ref, kind, category, amount_minor, fee_minor, net_minor, currency,"
    " source_ref, created_at, available_on, seen_at)"
    " VALUES ('txn_new', 'dispute', 'dispute', -100, 0, -100, 'PLN', 'du_1', now(), now(), now())"
)
A_SHARE_TWICE_BACK = (
    "UPDATE ledger_posting SET account_id = (SELECT id FROM ledger_account WHERE code = 'fund:ADMIN:share_in')"
    " WHERE amount_minor > 0 AND entry_id = " + FIRST_OF.format(kind="refund")
)

BREAKS: list[tuple[int, str, Sequence[str]]] = [
    (18, "a refund that nobody asked for", ["UPDATE payments_refund SET actor_id = NULL"]),
    (18, "a trail of another sum", ["UPDATE core_trailentry SET facts = facts || '{\"amount_minor\": 499}'"]),
    (18, "no trail", ["DELETE FROM core_trailentry"]),
    (
        3,
        "another fee than the provider's",
        ["UPDATE payments_balancemovement SET fee_minor = fee_minor + 1, net_minor = net_minor - 1"],
    ),
    (3, "another sum than the provider's", ["UPDATE payments_charge SET booked_minor = booked_minor + 1"]),
    (3, "a movement that nobody booked", [A_DISPUTE]),
    (
        3,
        "an entry that nothing stands for",
        [
            "UPDATE ledger_journalentry SET reference = 'fee:txn_of_nobody' WHERE id = "
            + FIRST_OF.format(kind="processor_fee")
        ],
    ),
    (3, "another sum than the bank took", ["UPDATE payments_disputemovement SET booked_minor = booked_minor - 1"]),
    (
        3,
        "a dispute booked under another name",
        ["UPDATE ledger_journalentry SET reference = 'x' WHERE kind = 'chargeback'"],
    ),
    (
        3,
        "a dispute's fee that is not the provider's",
        [
            "UPDATE payments_balancemovement SET fee_minor = fee_minor + 1, net_minor = net_minor - 1"
            " WHERE kind = 'dispute'"
        ],
    ),
    (3, "a dispute that nobody is told of", ["DELETE FROM payments_staffmatter WHERE kind = 'dispute'"]),
    (3, "a bank that holds another sum", ["UPDATE payments_dispute SET taken_minor = taken_minor - 1"]),
    (
        3,
        "a payout whose part is gone",
        ["DELETE FROM payments_payoutpart WHERE id = (SELECT min(id) FROM payments_payoutpart)"],
    ),
    (
        3,
        "a payout that never arrived in the books",
        ["UPDATE ledger_journalentry SET reference = 'x' WHERE reference LIKE 'payout-paid:%'"],
    ),
    (
        3,
        "a payout that is not the provider's",
        [
            "UPDATE payments_balancemovement SET amount_minor = amount_minor - 1, net_minor = net_minor - 1"
            " WHERE kind = 'payout'"
        ],
    ),
    (7, "more taken by a bank than came", ["UPDATE payments_dispute SET taken_minor = 1000000"]),
    (
        11,
        "a dispute's movement that is not the books'",
        [
            "UPDATE payments_balancemovement SET net_minor = net_minor - 1, amount_minor = amount_minor - 1"
            " WHERE kind = 'dispute'"
        ],
    ),
    (18, "an answer to a bank without a trail", ["DELETE FROM core_trailentry WHERE act = 'dispute_answer'"]),
    (18, "a matter closed without a trail", ["DELETE FROM core_trailentry WHERE act = 'matter_resolved'"]),
    (3, "a refund that was not booked", ["UPDATE ledger_journalentry SET reference = 'x' WHERE kind = 'refund'"]),
    (
        4,
        "a gift without a charge",
        ["UPDATE ledger_journalentry SET reference = 'gift:x' WHERE id = " + FIRST_OF.format(kind="gift")],
    ),
    (4, "a charge without an intent", ["UPDATE payments_charge SET outcome = 'unmatched', donation_id = NULL"]),
    (
        4,
        "an intent after its charge",
        ["UPDATE payments_donation SET created_at = created_at + interval '1 day'"],
    ),
    (5, "two gifts on an intent", ["DROP INDEX charge_one_gift_per_donation", COPY_OF_A_CHARGE]),
    (
        5,
        "a gift after a cancellation",
        ["UPDATE payments_donationtransition SET to_state = 'cancelled' WHERE to_state = 'checkout_open'"],
    ),
    (6, "other lines than were charged", ["UPDATE payments_donationline SET quantity = quantity + 1"]),
    (
        6,
        "another sum than was charged",
        ["UPDATE payments_donation SET gross_minor = gross_minor + 1, cover_fee_minor = cover_fee_minor + 1"],
    ),
    (7, "more given back than came", ["UPDATE payments_refund SET amount_minor = 1000000"]),
    (7, "another sum shown as refunded", ["UPDATE payments_donation SET refunded_minor = 1"]),
    (8, "a payment whose donation says failed", ["UPDATE payments_donation SET state = 'failed'"]),
    (8, "a movement without a charge", ["UPDATE payments_charge SET movement_id = NULL"]),
    (8, "a donation received without a charge", ["DELETE FROM payments_refund", "DELETE FROM payments_charge"]),
    (
        9,
        "an event ignored without a reason",
        [
            "ALTER TABLE payments_providerevent DROP CONSTRAINT provider_event_ignored_with_reason",
            "UPDATE payments_providerevent SET ignored_because = '', state = 'ignored'",
        ],
    ),
    (
        11,
        "clearing that is not the provider's",
        [f"UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE account_id = {CLEARING}"],
    ),
    (14, "a gap in the numbers", ["UPDATE payments_receipt SET sequence = sequence + 5"]),
    (14, "changed contents", ["UPDATE payments_receipt SET content = content || ' '::bytea"]),
    (14, "a counter that ran ahead", ["UPDATE payments_receiptcounter SET last_number = 9"]),
    (14, "a receipt gone", ["DELETE FROM payments_receipt"]),
    (17, "a live charge in a test ledger", ["UPDATE payments_charge SET livemode = true"]),
    (17, "a live event in a test ledger", ["UPDATE payments_providerevent SET livemode = true"]),
    (3, "a share under another name", ["UPDATE ledger_journalentry SET reference = 'x' || id WHERE kind = 'share'"]),
    (3, "a share that was never said", ["UPDATE payments_donation SET share_policy_id = NULL"]),
    (3, "a share before there was one", ["UPDATE payments_donation SET created_at = created_at - interval '9 days'"]),
    (3, "a share not with its gift", ["UPDATE ledger_journalentry SET txid = '7' WHERE kind = 'share'"]),
    (3, "more of a share than was taken goes back", [A_SHARE_TWICE_BACK]),
    (18, "a share policy without a trail", ["DELETE FROM core_trailentry WHERE act = 'share_policy.approved'"]),
    (
        19,
        "a share policy decided by whoever proposed it",
        [
            "UPDATE payments_sharepolicydecision SET decided_by_id = policy.proposed_by_id"
            " FROM payments_sharepolicy policy WHERE policy.id = policy_id"
        ],
    ),
]
ONLY_GROW = [
    "payments_donationline",
    "payments_donationtransition",
    "payments_transitionhandled",
    "payments_balancemovement",
    "payments_receipt",
    "payments_payoutpart",
    "payments_disputemovement",
    "payments_fraudwarning",
    "payments_sharepolicy",
    "payments_sharepolicydecision",
]
GUARDED = [*ONLY_GROW, "core_trailentry", "ledger_posting", "ledger_journalentry"]


@contextmanager
def as_owner(db: CommittedDatabase) -> Iterator[None]:
    """Django's own connection as the owner of the tables, triggers off; whatever was done is rolled back."""
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    owner = urlsplit(db.owner_url)
    connection.close()
    connection.settings_dict.update(USER=owner.username, PASSWORD=owner.password)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                for table in GUARDED:
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            transaction.set_rollback(True)
    finally:
        connection.close()
        connection.settings_dict.update(before)


def after_a_dispute_and_a_payout(sandbox: Client) -> None:
    """Another gift is paid out; its bank disputes a part of it, and is answered; a matter is closed."""
    donation = give(sandbox=sandbox, intent_key="intent-of-jan")
    paid_out(sandbox)
    pass_days(sandbox, 2)
    disputed(sandbox, donation, amount=5_000)
    answer_dispute(
        dispute_id=Dispute.objects.get().pk,
        text="A gift.",
        reason="he wrote",
        actor=treasurer(),
        request_key="form",
        now=NOW,
    )
    resolve_matter(matter_id=StaffMatter.objects.get().pk, reason="seen", actor=treasurer(), now=NOW)


def broken() -> set[int]:
    """Numbers of the promises that the audit finds broken."""
    return {finding.number for finding in audit.run().findings}


def test_every_promise_of_payments_is_registered() -> None:
    held = {promise.number for promise in audit.registered()}
    assert {number for number, _, _ in BREAKS} <= held


def test_each_promise_is_found_when_broken(
    committed_db: CommittedDatabase, sandbox: Client, subtests: pytest.Subtests
) -> None:
    make_books(now=NOW)
    share_policy(permille=10)
    donation = give(sandbox=sandbox, cover_fee=True)
    deliver(sandbox=sandbox, event={**events_of(sandbox)[-1], "type": "product.created"})
    operations.refund_donation(
        donation_id=donation.pk, amount_minor=500, reason="x", actor=make_staff(), request_key="k", now=NOW
    )
    after_a_dispute_and_a_payout(sandbox)
    operations.compare_with_provider(now=NOW + timedelta(days=10))
    assert broken() == set()
    for number, name, statements in BREAKS:
        with subtests.test(promise=number, broken_by=name), as_owner(committed_db):
            with connection.cursor() as cursor:
                for sql in statements:
                    cursor.execute(sql)
            assert number in broken()
    assert broken() == set()


def test_the_application_can_not_change_what_only_grows(
    committed_db: CommittedDatabase, subtests: pytest.Subtests
) -> None:
    with connection.cursor() as cursor:
        for table in ONLY_GROW:
            for right in ("UPDATE", "DELETE", "TRUNCATE"):
                with subtests.test(table=table, right=right):
                    cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, right])
                    assert cursor.fetchone() == (False,)


@pytest.mark.django_db
def test_an_event_left_lying_is_found(sandbox: Client) -> None:
    sandbox.pay(checkout_ref(begin()))
    # of the page: a notice of the payment would be closed as soon as the sweeper has settled the donation
    page = next(event for event in events_of(sandbox) if event["type"] == "checkout.session.completed")
    deliver(sandbox=sandbox, event=page)
    operations.sweep(now=NOW + timedelta(minutes=59))
    assert broken() == set()
    operations.sweep(now=NOW + timedelta(minutes=61))
    assert 9 in broken()


@pytest.mark.django_db
def test_with_live_money_the_clock_counts(sandbox: Client, settings: Settings) -> None:
    sandbox.pay(checkout_ref(begin()))
    deliver(sandbox=sandbox, event=events_of(sandbox)[-1], now=NOW - timedelta(days=900))
    assert 9 not in broken()
    settings.STRIPE_LIVEMODE = True
    assert 9 in broken()


@pytest.mark.django_db
def test_a_test_charge_is_never_booked_live(sandbox: Client, settings: Settings) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started))
    settings.STRIPE_LIVEMODE = True
    with pytest.raises(WrongMode):
        operations.settle(donation_id=started.donation_id, now=NOW)
    assert not Charge.objects.exists()
    assert Donation.objects.get().state == "checkout_open"
