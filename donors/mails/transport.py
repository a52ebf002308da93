"""The way to the mail server: every failure becomes one of three words, and none of them carries an address."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

DEFAULT_TIMEOUT_SECONDS = 10
PERMANENT = range(500, 600)


class DeliveryProblem(Exception):
    """A mail was not taken. `problem` is a class name and a reply code, safe to log."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class ServerUnavailable(DeliveryProblem):
    """The server can't be reached, hangs, or refuses us whoever we write to. Expected: all mail waits."""


class MailboxRefused(DeliveryProblem):
    """The server will never take this mail: the mailbox doesn't exist. Expected: people mistype."""


class MailDelayed(DeliveryProblem):
    """The server doesn't take this mail now, such as for a full mailbox. Expected."""


def deliver(message: EmailMessage) -> None:
    """Hands one message to the configured mail server. Raises ServerUnavailable, MailboxRefused, MailDelayed."""
    with _failures_named():
        get_connection(timeout=getattr(settings, "EMAIL_TIMEOUT", None) or DEFAULT_TIMEOUT_SECONDS).send_messages(
            [message]
        )


@contextmanager
def _failures_named() -> Iterator[None]:
    """Replies of mail servers quote addresses, so causes are cut off (`from None`) and only codes are kept."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _reply in refused.recipients.values()]
        problem = f"SMTPRecipientsRefused {max(codes, default=0)}"
        if codes and all(code in PERMANENT for code in codes):
            raise MailboxRefused(problem) from None
        raise MailDelayed(problem) from None
    except smtplib.SMTPDataError as refused:
        problem = f"SMTPDataError {refused.smtp_code}"
        if refused.smtp_code in PERMANENT:
            raise MailboxRefused(problem) from None
        raise MailDelayed(problem) from None
    except smtplib.SMTPResponseException as refused:
        # Greeting, sign-in or sender refused: it isn't about the person we write to.
        raise ServerUnavailable(f"{type(refused).__name__} {refused.smtp_code}") from None
    except OSError as failure:
        # SMTPException, time-outs, TLS failures and name resolution are all OSErrors.
        raise ServerUnavailable(type(failure).__name__) from None
