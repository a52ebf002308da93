"""What workers do for this room. Tasks take ids, never a name or an address, and may run twice."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from donors import operations, sessions

TIME_LIMIT_SECONDS = 240
"""Below the outbox's lease, so that a worker stuck in a mail server's slow answer is gone before another tries."""


@shared_task(name="donors.send_mail", time_limit=TIME_LIMIT_SECONDS)
def send_mail(mail_id: int) -> None:
    """Sends one mail that has just become due."""
    operations.send_mail(mail_id=mail_id, now=timezone.now())


@shared_task(name="donors.sweep_mails", time_limit=TIME_LIMIT_SECONDS)
def sweep_mails() -> None:
    """Sends what is due and wasn't sent: later days, lost hints, attempts to repeat."""
    operations.send_due_mails(now=timezone.now())


@shared_task(name="donors.decide_sign_in")
def decide_sign_in(request_id: int) -> None:
    """Writes to whoever asked to be let in, if it is a donor."""
    operations.decide_sign_in(request_id=request_id, now=timezone.now())


@shared_task(name="donors.sweep_sign_ins")
def sweep_sign_ins() -> None:
    """Finds requests whose hint was lost; deletes requests, counters and sessions whose time is over."""
    operations.sweep_sign_ins(now=timezone.now())
    operations.forget_counts(now=timezone.now())
    sessions.sweep_sessions(now=timezone.now())


@shared_task(name="donors.expire_drafts")
def expire_drafts() -> None:
    """Forgets what was typed at checkout more than a day ago."""
    operations.expire_drafts(now=timezone.now())


@shared_task(name="donors.forget_leftovers")
def forget_leftovers() -> None:
    """Forgets mails that were given up, and what was typed for gifts that never came about, a month ago."""
    operations.forget_failed_mails(now=timezone.now())
    operations.forget_stale_dedications(now=timezone.now())
    operations.forget_stale_gift_details(now=timezone.now())


@shared_task(name="donors.export_erasures")
def export_erasures() -> None:
    """Writes erasures to the log outside the database, if there is one."""
    if path := operations.log_path():
        operations.export_erasures(path=path)


@shared_task(name="donors.erase_what_is_due")
def erase_what_is_due() -> None:
    """Destroys what the law no longer keeps of donors who were erased."""
    operations.erase_what_is_due(now=timezone.now())


BEAT = {
    "donors.sweep_mails": {"task": "donors.sweep_mails", "schedule": 60.0},
    "donors.sweep_sign_ins": {"task": "donors.sweep_sign_ins", "schedule": 60.0},
    "donors.expire_drafts": {"task": "donors.expire_drafts", "schedule": crontab(minute="17")},
    "donors.export_erasures": {"task": "donors.export_erasures", "schedule": crontab(minute="37")},
    "donors.erase_what_is_due": {"task": "donors.erase_what_is_due", "schedule": crontab(minute="5")},
    "donors.forget_leftovers": {"task": "donors.forget_leftovers", "schedule": crontab(hour="3", minute="40")},
}
