"""The outbox: a mail is a row first, so that a mail server that refuses or hangs delays mail and nothing else."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donors.models.donor import Donor


class MailKind(models.TextChoices):
    RECEIPT = "receipt", _("receipt")
    """A donation is settled: thanks, the sum, and the way to the receipt."""
    REFUND = "refund", _("refund")
    """Money was given back to the donor, in whole or in part."""
    ECARD = "ecard", _("e-card")
    """Somebody dedicated a donation: a card to that person."""
    PAYMENT_FAILED = "payment_failed", _("payment not made")
    """A payment failed or ran out after the donor had left the page."""
    STAFF_NOTICE = "staff_notice", _("notice to staff")
    """Something waits for staff: money unmatched, a payment in doubt."""


class MailState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    """Due now or later, or to be tried again."""
    SENT = "sent", _("sent")
    """A mail server took it; address and content are gone from here."""
    FAILED = "failed", _("failed")
    """Given up: the mailbox doesn't exist, or every attempt failed."""
    CANCELLED = "cancelled", _("cancelled")
    """No longer wanted before it was sent: address and content are gone."""


class Mail(models.Model):
    """One message. Encrypted under its donor's contact key, or under a key of its own when it concerns no donor."""

    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=MailKind)
    language = models.CharField(max_length=5)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, null=True, related_name="mails")
    own_key = models.BinaryField(null=True)
    wrapped_with = models.CharField(max_length=16, blank=True)
    address = models.BinaryField(null=True)
    context = models.BinaryField(null=True)

    state = models.CharField(max_length=10, choices=MailState, default=MailState.WAITING)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_problem = models.CharField(max_length=80, blank=True)
    server_was_down = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="mail_key_once"),
            models.CheckConstraint(
                name="mail_of_a_donor_or_with_own_key",
                condition=Q(donor__isnull=False, own_key__isnull=True)
                | Q(donor__isnull=True, own_key__isnull=False, address__isnull=False)
                | Q(donor__isnull=True, context__isnull=True),
            ),
            models.CheckConstraint(
                name="mail_sent_has_its_time",
                condition=Q(state=MailState.SENT, sent_at__isnull=False)
                | (~Q(state=MailState.SENT) & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="mail_done_is_empty",
                condition=~Q(state__in=[MailState.SENT, MailState.CANCELLED])
                | Q(address__isnull=True, context__isnull=True, own_key__isnull=True),
            ),
            models.CheckConstraint(name="mail_not_before_it_is_due", condition=Q(next_try_at__gte=F("due_at"))),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="mail_waiting_by_time", condition=Q(state=MailState.WAITING)),
            models.Index(fields=["tried_at"], name="mail_server_down", condition=Q(server_was_down=True)),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk} ({self.kind})"
