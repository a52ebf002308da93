"""Sending a mail again that was given up: with a reason and a trail, as every act."""

from datetime import datetime

from django.db import transaction

from core.models import User
from core.queue import enqueue
from core.trail import record
from donors.operations import retry_mail


class NotFailed(ValueError):
    """The mail is not one that can be sent again: it was sent, or its content has been forgotten. Expected."""


@transaction.atomic
def send_again(*, mail_id: int, actor: User, reason: str, now: datetime) -> None:
    """Gives the mail a new round of attempts. Raises NotFailed, core.trail.ReasonMissing."""
    if not retry_mail(mail_id=mail_id, now=now):
        raise NotFailed(str(mail_id))
    record(actor=actor, act="mail.retried", subject=f"mail:{mail_id}", reason=reason, now=now)
    enqueue("donors.send_mail", mail_id)
