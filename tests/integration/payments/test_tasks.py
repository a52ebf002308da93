"""From the webhook to the mail by nothing but hints, as the workers run them; and again when every hint is lost."""

from datetime import timedelta

import pytest

from donors.models import Mail
from payments import operations, tasks
from payments.models import Donation, ProviderEvent
from payments.portfolio import export
from payments.queries import transitions_to_handle
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.payments import begin, checkout_ref, deliver, events_of
from tests.factories.time import NOW
from tests.support.database import CommittedDatabase
from tests.support.queue import Hint

pytestmark = pytest.mark.money


def run_ours(hints: list[Hint]) -> None:
    """Run the hints of this room, and those they cause; the others' workers are not at home here."""
    while hints:
        name, args = hints.pop(0)
        if name.startswith("payments."):
            getattr(tasks, name.removeprefix("payments.")).run(*args)


def test_hints_lead_from_the_webhook_to_the_mail(
    committed_db: CommittedDatabase, sandbox: Client, hints: list[Hint]
) -> None:
    sandbox.pay(checkout_ref(begin()))
    hints.clear()
    for event in events_of(sandbox):
        deliver(sandbox=sandbox, event=event)
    assert {name for name, _ in hints} == {"payments.process_event"}
    run_ours(hints)
    assert Donation.objects.get().state == DonationState.SETTLED
    assert Mail.objects.get().kind == "receipt"


def test_with_every_hint_lost_the_sweeper_finds_it_all(
    committed_db: CommittedDatabase, sandbox: Client, hints: list[Hint]
) -> None:
    sandbox.pay(checkout_ref(begin()))
    for event in events_of(sandbox):
        deliver(sandbox=sandbox, event=event)
    hints.clear()
    operations.sweep(now=NOW + timedelta(seconds=30))
    assert not [name for name, _ in hints if name == "payments.process_event"]
    operations.sweep(now=NOW + timedelta(minutes=2))
    run_ours(hints)
    assert Donation.objects.get().state == DonationState.SETTLED
    assert not ProviderEvent.objects.filter(state="pending").exists()
    assert Mail.objects.filter(kind="receipt").count() == 1
    assert transitions_to_handle(consumer="payments.mails") == []


def test_a_lost_mail_hint_is_found_too(committed_db: CommittedDatabase, sandbox: Client, hints: list[Hint]) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started))
    operations.settle(donation_id=started.donation_id, now=NOW)
    hints.clear()
    operations.sweep(now=NOW)
    assert ("payments.donation_moved", (started.donation_id,)) in hints
    assert ("shop.donation_moved", (started.donation_id,)) in hints
    run_ours(hints)
    assert Mail.objects.get().kind == "receipt"


@pytest.mark.django_db
def test_staff_are_told_once_of_money_that_waits(sandbox: Client) -> None:
    sandbox.pay(checkout_ref(begin()), amount=100)
    for event in events_of(sandbox):
        operations.process_event(event_id=deliver(sandbox=sandbox, event=event).event_id, now=NOW)
    for minute in range(3):
        operations.sweep(now=NOW + timedelta(minutes=minute))
    assert Mail.objects.get().kind == "staff_notice"


@pytest.mark.django_db
def test_the_nightly_and_hourly_tasks_run(sandbox: Client) -> None:
    begin()
    assert tasks.fetch_missed_events.run() == 0
    assert tasks.compare_with_provider.run() == []
    tasks.sweep.run()


def test_what_beat_runs_exists() -> None:
    names = {entry["task"] for entry in tasks.BEAT.values()}
    assert names >= {"payments.sweep", "payments.fetch_missed_events", "payments.compare_with_provider"}
    assert all(getattr(tasks, name.removeprefix("payments.")).name == name for name in names)


@pytest.mark.django_db
def test_a_donor_can_have_what_we_hold(sandbox: Client) -> None:
    started = begin()
    donation = Donation.objects.get(pk=started.donation_id)
    assert export(donation.donor_id)["monthly_gifts"] == []
    held = export(donation.donor_id)["donations"]
    assert [(each["gross_minor"], each["state"], each["receipt_number"]) for each in held] == [
        (37_000, "checkout_open", None)
    ]
