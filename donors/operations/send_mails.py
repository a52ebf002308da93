"""The outbox is emptied: claim a row, commit, then talk to the mail server with no database transaction open.

A claim is a lease: a worker that dies frees its mail when the lease ends, and two workers never hold one mail.
"""

import enum
import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from donors.mails import transport
from donors.mails.render import build_message, render_mail
from donors.models import Mail, MailChoice, MailKind, MailState, MailTopic
from donors.operations.queue_mail import read_mail
from donors.unsubscribing import unsubscribe_url
from donors.vault import DonorErased, read_contact

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than a worker may spend on one mail: see the task's time limit."""
SERVER_PAUSE = timedelta(seconds=50)
"""After the server failed, hints don't try it; only the sweeper does, once a minute, with one mail."""
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 1440))
MAX_ATTEMPTS = len(BACK_OFF) + 1
"""Thirteen attempts over about three days, then it is given up and shown to staff."""
URGENT = Q(kind=MailKind.SIGN_IN)
"""Somebody sits before the page and waits."""
FAILED_KEPT_FOR = timedelta(days=30)
"""How long a mail that was given up can be tried again; then its content is forgotten."""


class Outcome(enum.Enum):
    """What became of one attempt."""

    SENT = "sent"
    """The server took it."""
    DELAYED = "delayed"
    """It is tried again later."""
    SERVER_DOWN = "server_down"
    """The server is the reason: others needn't try now."""
    FAILED = "failed"
    """It is given up."""
    UNWANTED = "unwanted"
    """It was cancelled: the donor turned its topic off, or its time is over."""
    NOT_DUE = "not_due"
    """Nothing to do: sent already, being sent, later, or the server is known to be down."""


def send_mail(*, mail_id: int, now: datetime) -> Outcome:
    """Sends one mail if it is due and nobody else is sending it. Must be called outside a database transaction.

    What can't wait goes before it: behind a year's statements, a link to sign in would be too old when its turn comes.
    """
    if _server_down_lately(now):
        return Outcome.NOT_DUE
    while urgent := _claim(URGENT, now=now):
        outcome = _handle(urgent, now=now)
        if urgent.pk == mail_id or outcome is Outcome.SERVER_DOWN:
            return outcome
    mail = _claim(Q(pk=mail_id), now=now)
    return _handle(mail, now=now) if mail else Outcome.NOT_DUE


def send_due_mails(*, now: datetime, budget_seconds: float = 45.0) -> dict[Outcome, int]:
    """Sends what is due: what can't wait, then the oldest. Returns counts by outcome.

    Stops at the first sign that the server is down, and once `budget_seconds` are used, so that a slow server never outlasts
    the lease. Must be called outside a database transaction.
    """
    counts: dict[Outcome, int] = {}
    stop_at = time.monotonic() + budget_seconds
    while time.monotonic() < stop_at and (mail := _claim(URGENT, now=now) or _claim(Q(), now=now)):
        outcome = _handle(mail, now=now)
        counts[outcome] = counts.get(outcome, 0) + 1
        if outcome is Outcome.SERVER_DOWN:
            break
    return counts


def retry_mail(*, mail_id: int, now: datetime) -> bool:
    """Gives a failed mail a new round of attempts, as when a mailbox works again. Says whether it was failed."""
    failed = Mail.objects.filter(pk=mail_id, state=MailState.FAILED, context__isnull=False)
    return bool(failed.update(state=MailState.WAITING, attempts=0, next_try_at=now, leased_until=None))


def forget_failed_mails(*, now: datetime) -> int:
    """Empties mails given up longer ago than staff need to try them again. Returns how many."""
    old = Mail.objects.filter(state=MailState.FAILED, tried_at__lte=now - FAILED_KEPT_FOR, context__isnull=False)
    return old.update(address=None, context=None, own_key=None)


def _server_down_lately(now: datetime) -> bool:
    return Mail.objects.filter(server_was_down=True, tried_at__gt=now - SERVER_PAUSE).exists()


def _claim(which: Q, *, now: datetime) -> Mail | None:
    """Leases one due mail. `durable` refuses an outer database transaction, where nobody would see the lease."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    with transaction.atomic(durable=True):
        due = Mail.objects.select_for_update(skip_locked=True).filter(
            which, free, state=MailState.WAITING, next_try_at__lte=now
        )
        mail = due.order_by("next_try_at", "pk").first()
        if mail is not None:
            mail.leased_until, mail.tried_at, mail.attempts = now + LEASE, now, mail.attempts + 1
            mail.save(update_fields=["leased_until", "tried_at", "attempts"])
    return mail


def _handle(mail: Mail, *, now: datetime) -> Outcome:
    if _still_wanted(mail, now=now):
        return _attempt(mail, now=now)
    _finish(mail, state=MailState.CANCELLED, address=None, context=None, own_key=None)
    return Outcome.UNWANTED


def _attempt(mail: Mail, *, now: datetime) -> Outcome:
    try:
        to, context = read_mail(mail)
        if not to and mail.donor is not None:
            to = read_contact(mail.donor).email
        way_out = _way_out(mail)
        rendered = render_mail(
            kind=MailKind(mail.kind), language=mail.language, context=context, unsubscribe_url=way_out
        )
        transport.deliver(build_message(rendered=rendered, to=to, mail_id=mail.pk, unsubscribe_url=way_out))
    except DonorErased:
        return _give_up(mail, problem="DonorErased")
    except transport.MailboxRefused as refused:
        return _give_up(mail, problem=refused.problem)
    except transport.ServerUnavailable as failure:
        return _delay(mail, problem=failure.problem, now=now, server_down=True)
    except transport.MailDelayed as failure:
        return _delay(mail, problem=failure.problem, now=now)
    except Exception as failure:  # noqa: BLE001 -- a fault in one mail's text must not stop the mails behind it
        # The message of an unforeseen exception may quote what was being rendered: only its class is kept.
        return _delay(mail, problem=type(failure).__name__, now=now)
    _finish(mail, state=MailState.SENT, sent_at=now, address=None, context=None, own_key=None)
    logger.info("mail_sent", extra={"mail_id": mail.pk, "kind": mail.kind, "attempts": mail.attempts})
    return Outcome.SENT


def _still_wanted(mail: Mail, *, now: datetime) -> bool:
    if mail.lapses_at is not None and mail.lapses_at <= now:
        return False
    return not mail.topic or not MailChoice.objects.filter(donor=mail.donor, topic=mail.topic, wanted=False).exists()


def _way_out(mail: Mail) -> str:
    """Where the mail's kind can be turned off; empty for a mail that can't be done without."""
    if not mail.topic or mail.donor_id is None:
        return ""
    return unsubscribe_url(donor_id=mail.donor_id, topic=MailTopic(mail.topic), language=mail.language)


def _delay(mail: Mail, *, problem: str, now: datetime, server_down: bool = False) -> Outcome:
    if mail.attempts >= MAX_ATTEMPTS:
        return _give_up(mail, problem=problem)
    _finish(mail, next_try_at=now + BACK_OFF[mail.attempts - 1], last_problem=problem[:80], server_was_down=server_down)
    logger.warning(
        "mail_delayed",
        extra={"mail_id": mail.pk, "kind": mail.kind, "attempts": mail.attempts, "problem": problem},
    )
    return Outcome.SERVER_DOWN if server_down else Outcome.DELAYED


def _give_up(mail: Mail, *, problem: str) -> Outcome:
    _finish(mail, state=MailState.FAILED, last_problem=problem[:80])
    logger.error("mail_failed", extra={"mail_id": mail.pk, "kind": mail.kind, "problem": problem})
    return Outcome.FAILED


def _finish(mail: Mail, **changes: object) -> None:
    """Writes the outcome and ends the lease, unless the mail was cancelled or leased anew in the meantime."""
    ours = Mail.objects.filter(pk=mail.pk, state=MailState.WAITING, leased_until=mail.leased_until)
    ours.update(leased_until=None, **{"server_was_down": False, "last_problem": "", **changes})
