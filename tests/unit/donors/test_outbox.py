"""The outbox: a mail server that refuses or hangs delays mail and nothing else; nobody gets a mail twice."""

import threading
import time
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection, transaction

from donors import queries
from donors.mails import transport
from donors.mails.contexts import ContextMismatch
from donors.models import Mail, MailKind, MailState
from donors.operations import (
    MailHasNoRecipient,
    Outcome,
    cancel_mail,
    forget_failed_mails,
    queue_mail,
    retry_mail,
    send_due_mails,
    send_mail,
)
from donors.operations.send_mails import BACK_OFF, LEASE, MAX_ATTEMPTS, SERVER_PAUSE
from tests.factories.donors import CANARIES, CANARY_EMAIL, make_donor, queue_receipt
from tests.factories.time import NOW
from tests.unit.donors.mail_servers import hanging_server, smtp_server


@pytest.fixture
def smtp(settings):
    """Points Django at a mail server on the loopback."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False

    def point(port: int, *, patience: float = 60) -> None:
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = port, patience

    return point


@pytest.mark.django_db
class TestQueueing:
    def test_a_mail_is_a_row_first_and_a_hint_that_carries_its_id_alone(
        self, hints, django_capture_on_commit_callbacks
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            queued = queue_receipt(donor_id=make_donor())
        assert hints == [("donors.send_mail", (queued.pk,))]
        assert not django_mail.outbox

    def test_the_same_key_is_one_mail(self) -> None:
        donor_id = make_donor()
        queue_receipt(donor_id=donor_id)
        queue_receipt(donor_id=donor_id)
        assert Mail.objects.count() == 1
        assert send_due_mails(now=NOW) == {Outcome.SENT: 1}

    def test_a_mail_for_another_day_waits_for_it(self, hints, django_capture_on_commit_callbacks) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            queue_receipt(donor_id=make_donor(), due_at=NOW + timedelta(days=3))
        assert not hints
        assert send_due_mails(now=NOW + timedelta(days=2)) == {}
        assert send_due_mails(now=NOW + timedelta(days=3)) == {Outcome.SENT: 1}

    def test_a_mail_to_nobody_is_refused(self) -> None:
        with pytest.raises(MailHasNoRecipient):
            queue_mail(kind=MailKind.STAFF_NOTICE, key="n", context={"title": "", "text": ""}, now=NOW)

    def test_a_context_without_what_the_text_needs_is_refused_at_once(self) -> None:
        with pytest.raises(ContextMismatch) as mismatch:
            queue_receipt(donor_id=make_donor(), context={"sum_minor": 1, "colour": "red"})
        assert mismatch.value.missing == {"lines", "receipt_number", "receipt_url"}
        assert mismatch.value.unknown == {"colour"}

    def test_a_cancelled_mail_is_empty_and_never_sent(self) -> None:
        queued = queue_receipt(donor_id=make_donor())
        assert cancel_mail(key=queued.key)
        assert not cancel_mail(key=queued.key)
        queued.refresh_from_db()
        assert (queued.state, queued.context) == (MailState.CANCELLED, None)
        assert send_mail(mail_id=queued.pk, now=NOW) is Outcome.NOT_DUE


@pytest.mark.django_db
class TestSending:
    def test_a_sent_mail_reaches_the_donor_and_leaves_nothing_behind(self) -> None:
        queued = queue_receipt(donor_id=make_donor())
        assert send_mail(mail_id=queued.pk, now=NOW) is Outcome.SENT
        assert [message.to for message in django_mail.outbox] == [[CANARY_EMAIL]]
        queued.refresh_from_db()
        assert (queued.state, queued.sent_at, queued.address, queued.context) == (MailState.SENT, NOW, None, None)
        assert send_mail(mail_id=queued.pk, now=NOW) is Outcome.NOT_DUE
        assert len(django_mail.outbox) == 1

    def test_a_notice_to_staff_needs_no_donor(self) -> None:
        queue_mail(
            kind=MailKind.STAFF_NOTICE,
            key="notice:1",
            address="staff@store.example.org",
            context={"title": "A payment waits", "text": "One."},
            language="en",
            now=NOW,
        )
        assert send_due_mails(now=NOW) == {Outcome.SENT: 1}
        assert django_mail.outbox[0].subject == "A payment waits"

    def test_headers_keep_robots_quiet_and_tell_nothing_of_the_machine(self) -> None:
        queued = queue_receipt(donor_id=make_donor())
        send_mail(mail_id=queued.pk, now=NOW)
        message = django_mail.outbox[0].message()
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Message-ID"] == f"<mail.{queued.pk}@store.invalid>"
        assert not [name for name in message if name.lower().startswith("x-") or name.lower() == "user-agent"]
        assert [part.get_content_type() for part in message.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]

    def test_one_faulty_mail_does_not_stop_those_behind_it(self, caplog) -> None:
        donor_id = make_donor()
        faulty = queue_receipt(donor_id=donor_id, key="faulty", due_at=NOW - timedelta(hours=1))
        Mail.objects.filter(pk=faulty.pk).update(language="pl", kind="no such kind")
        queue_receipt(donor_id=donor_id, key="good")
        assert send_due_mails(now=NOW) == {Outcome.DELAYED: 1, Outcome.SENT: 1}
        faulty.refresh_from_db()
        assert faulty.last_problem == "ValueError"
        assert faulty.next_try_at == NOW + BACK_OFF[0]


@pytest.mark.django_db
class TestWrongServers:
    def test_a_server_that_hangs_costs_a_timeout_and_delays_the_mail(self, smtp) -> None:
        queued = queue_receipt(donor_id=make_donor())
        with hanging_server() as port:
            smtp(port, patience=0.4)
            assert send_mail(mail_id=queued.pk, now=NOW) is Outcome.SERVER_DOWN
        queued.refresh_from_db()
        assert (queued.state, queued.attempts) == (MailState.WAITING, 1)
        assert queued.next_try_at == NOW + BACK_OFF[0]
        assert queued.leased_until is None

    def test_while_the_server_is_down_hints_do_not_try_it_and_the_sweeper_tries_one_mail(
        self, smtp, monkeypatch
    ) -> None:
        donor_id = make_donor()
        mails = [queue_receipt(donor_id=donor_id, key=key) for key in ("a", "b", "c")]
        with hanging_server() as port:
            smtp(port, patience=0.4)
            assert send_due_mails(now=NOW) == {Outcome.SERVER_DOWN: 1}
        tried: list[object] = []
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(transport, "deliver", tried.append)
            soon = NOW + SERVER_PAUSE / 2
            assert {send_mail(mail_id=mail.pk, now=soon) for mail in mails} == {Outcome.NOT_DUE}
        assert tried == [], "a hint waited for the server"
        with smtp_server() as (port, heard):
            smtp(port)
            later = NOW + timedelta(minutes=2)
            assert send_due_mails(now=later) == {Outcome.SENT: 3}
        assert sum(line.lower().startswith("rcpt to") for line in heard) == 3

    def test_a_server_that_is_not_there_delays_the_mail(self, smtp) -> None:
        queued = queue_receipt(donor_id=make_donor())
        with hanging_server() as port:
            pass
        smtp(port)
        assert send_mail(mail_id=queued.pk, now=NOW) is Outcome.SERVER_DOWN

    @pytest.mark.parametrize(
        ("replies", "outcome", "state"),
        [
            ({"rcpt": "550 5.1.1 <{address}> no such mailbox"}, Outcome.FAILED, MailState.FAILED),
            ({"rcpt": "452 4.2.2 <{address}> mailbox full"}, Outcome.DELAYED, MailState.WAITING),
            ({"content": "554 5.7.1 {address}: refused"}, Outcome.FAILED, MailState.FAILED),
            ({"content": "451 4.7.1 greylisted"}, Outcome.DELAYED, MailState.WAITING),
            ({"mail": "530 5.7.0 sign in first"}, Outcome.SERVER_DOWN, MailState.WAITING),
            ({"greeting": "421 too busy"}, Outcome.SERVER_DOWN, MailState.WAITING),
            ({"greeting": "554 not you"}, Outcome.SERVER_DOWN, MailState.WAITING),
        ],
        ids=["no mailbox", "full", "content refused", "greylisted", "sign-in asked", "busy", "unwelcome"],
    )
    def test_a_refusal_becomes_its_outcome_and_is_logged_without_the_address(
        self, smtp, caplog, replies, outcome, state
    ) -> None:
        caplog.set_level("DEBUG")
        queued = queue_receipt(donor_id=make_donor())
        with smtp_server(**{name: text.format(address=CANARY_EMAIL) for name, text in replies.items()}) as (port, _):
            smtp(port)
            assert send_mail(mail_id=queued.pk, now=NOW) is outcome
        queued.refresh_from_db()
        assert queued.state == state
        assert queued.last_problem
        told = caplog.text + queued.last_problem + "".join(str(vars(record)) for record in caplog.records)
        assert not [word for word in CANARIES if word.lower() in told.lower()]

    def test_after_the_last_attempt_it_is_given_up_shown_to_staff_and_later_forgotten(self, monkeypatch) -> None:
        def down(message) -> None:
            raise transport.MailDelayed("SMTPDataError 451")

        monkeypatch.setattr(transport, "deliver", down)
        queued = queue_receipt(donor_id=make_donor())
        at = NOW
        outcomes = []
        while not outcomes or outcomes[-1] is Outcome.DELAYED:
            outcomes.append(send_mail(mail_id=queued.pk, now=at))
            queued.refresh_from_db()
            assert send_mail(mail_id=queued.pk, now=queued.next_try_at - timedelta(seconds=1)) is Outcome.NOT_DUE
            at = queued.next_try_at
        assert outcomes == [Outcome.DELAYED] * (MAX_ATTEMPTS - 1) + [Outcome.FAILED]
        assert queries.outbox_counts(now=at).failed == 1
        assert [failed.pk for failed in queries.failed_mails()] == [queued.pk]

        assert forget_failed_mails(now=at + timedelta(days=29)) == 0
        assert forget_failed_mails(now=at + timedelta(days=31)) == 1
        assert not retry_mail(mail_id=queued.pk, now=at), "what was forgotten can't be sent"

    def test_a_failed_mail_can_be_tried_again_by_hand(self, smtp) -> None:
        queued = queue_receipt(donor_id=make_donor())
        with smtp_server(rcpt="550 no such mailbox") as (port, _):
            smtp(port)
            assert send_mail(mail_id=queued.pk, now=NOW) is Outcome.FAILED
        assert retry_mail(mail_id=queued.pk, now=NOW)
        with smtp_server() as (port, _):
            smtp(port)
            assert send_mail(mail_id=queued.pk, now=NOW) is Outcome.SENT


@pytest.mark.django_db
def test_a_worker_that_died_frees_its_mail_when_the_lease_ends() -> None:
    queued = queue_receipt(donor_id=make_donor())
    Mail.objects.filter(pk=queued.pk).update(leased_until=NOW + LEASE, attempts=1)
    assert send_mail(mail_id=queued.pk, now=NOW + LEASE / 2) is Outcome.NOT_DUE
    assert send_mail(mail_id=queued.pk, now=NOW + LEASE) is Outcome.SENT


def test_a_mail_is_never_sent_inside_a_database_transaction(committed_db) -> None:
    queued = queue_receipt(donor_id=make_donor())
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        send_mail(mail_id=queued.pk, now=NOW)


def _race(monkeypatch, *, workers: int) -> int:
    """Sends one mail from several threads at once; says how many times the server got it."""
    queue_receipt(donor_id=make_donor())
    delivered: list[str] = []
    start = threading.Barrier(workers)

    def slow(message) -> None:
        delivered.append(message.to[0])
        time.sleep(0.3)

    def work() -> None:
        try:
            start.wait(timeout=60)
            send_due_mails(now=NOW)
        finally:
            connection.close()

    monkeypatch.setattr(transport, "deliver", slow)
    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(delivered)


def test_workers_at_once_send_a_mail_once(committed_db, monkeypatch) -> None:
    assert _race(monkeypatch, workers=6) == 1
    assert Mail.objects.get().state == MailState.SENT


def test_without_the_lease_the_race_is_lost(committed_db, monkeypatch) -> None:
    """The negative control: a worker that only looks, and leaves no claim, sends what others are sending."""
    together, looked = threading.Barrier(6), threading.local()

    def look(which, *, now):
        found = Mail.objects.filter(which, state=MailState.WAITING, next_try_at__lte=now).first()
        if not hasattr(looked, "once"):
            looked.once = together.wait(timeout=60)
        return found

    monkeypatch.setattr("donors.operations.send_mails._claim", look)
    assert _race(monkeypatch, workers=6) > 1
