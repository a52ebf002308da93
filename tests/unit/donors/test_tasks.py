"""What workers and beat run: the names that others send hints by, and one pass through each."""

import threading

import psycopg
import pytest
from django.core import mail as django_mail
from django.db import connection
from django.utils import timezone

from donors import operations, tasks
from donors.models import CheckoutDraft, Mail, MailState
from donors.operations.send_mails import LEASE
from shop.celery import app
from tests.factories.donors import make_donor, queue_receipt
from tests.factories.time import NOW
from tests.support.meeting import until
from tests.unit.donors.mail_servers import hanging_server

LONG_AGO = NOW.replace(year=2025)


@pytest.mark.django_db
def test_the_hint_of_a_mail_sends_it(run_hints, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        queue_receipt(donor_id=make_donor(), now=timezone.now())
    assert run_hints() == 1
    assert len(django_mail.outbox) == 1


@pytest.mark.django_db
def test_beat_runs_tasks_that_exist_and_each_does_its_work() -> None:
    queue_receipt(donor_id=make_donor(), now=LONG_AGO)
    operations.save_draft(token=None, data={"a": 1}, now=LONG_AGO)
    app.loader.import_default_modules()
    for due in tasks.BEAT.values():
        app.tasks[due["task"]].run()
    assert len(django_mail.outbox) == 1
    assert not CheckoutDraft.objects.exists()


def test_a_worker_stuck_in_a_slow_answer_is_gone_before_the_lease_ends() -> None:
    for task in (tasks.send_mail, tasks.sweep_mails):
        assert task.time_limit < LEASE.total_seconds()


def test_while_the_mail_server_hangs_nothing_in_the_database_waits_for_it(committed_db, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 60
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    donor_id = make_donor()
    queued = queue_receipt(donor_id=donor_id)
    sender = threading.Thread(target=_send, args=(queued.pk,))
    try:
        with hanging_server() as port:  # until its end it hangs, then it hangs up
            settings.EMAIL_PORT = port
            sender.start()
            until(Mail.objects.filter(pk=queued.pk, leased_until__isnull=False).exists, "the mail is claimed")
            with psycopg.connect(committed_db.owner_url) as owner:
                open_ones = owner.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state LIKE 'idle in transaction%%'",
                    [committed_db.name],
                ).fetchone()
            make_donor(name="the same donor gives again")
            operations.erase_contact(donor_id=donor_id, now=NOW)
            assert sender.is_alive(), "the database waited for the mail server"
            assert open_ones == (0,)
    finally:
        sender.join()
    queued.refresh_from_db()
    assert queued.state == MailState.CANCELLED, "what was cancelled during the attempt stays cancelled"


def _send(mail_id: int) -> None:
    try:
        operations.send_mail(mail_id=mail_id, now=NOW)
    finally:
        connection.close()
