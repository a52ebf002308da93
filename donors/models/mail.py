"""The outbox: a mail is a row first, so that a mail server that refuses or hangs delays mail and nothing else."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donors.models.donor import Donor
from donors.models.mail_choice import MailTopic


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
    SIGN_IN = "sign_in", _("way to sign in")
    """A link and a code with which a donor is let in, for ten minutes."""
    MONTHLY_STARTED = "monthly_started", _("monthly gift set up")
    """A monthly gift has begun: its sum, interval and dates, and a way to undo it."""
    MONTHLY_CHANGED = "monthly_changed", _("monthly gift changed")
    """A monthly gift was changed, skipped, paused or resumed: what is true now, as the provider said it."""
    RENEWAL_FAILED = "renewal_failed", _("renewal not made")
    """A renewal was not paid: what happens next, and what the donor can do."""
    CARD_EXPIRES = "card_expires", _("card about to expire")
    """The card of a monthly gift expires soon."""
    OCCASION = "occasion", _("day of a gift without a card")
    """The chosen day of a monthly gift without a card: give, skip or stop."""
    MONTHLY_ENDED = "monthly_ended", _("monthly gift ended")
    """A monthly gift is over: nothing more will be taken."""
    UPGRADE_OFFER = "upgrade_offer", _("question about a larger gift")
    """A link that raises a monthly gift by a sum, and does nothing else."""
    YEARLY_STATEMENT = "yearly_statement", _("yearly statement")
    """What was given in a year, net of refunds; or its correction."""
    GIFT_REDIRECTED = "gift_redirected", _("gift goes elsewhere")
    """What a need could not use goes up its tree, under the clause that the donor saw before paying."""
    COUNTED_IN_REPORT = "counted_in_report", _("counted in a report")
    """A report was published that counts the donor's gift."""
    REPORT_CORRECTED = "report_corrected", _("report corrected")
    """A later revision changed what the donor's gift was attributed to."""
    ERASED = "erased", _("data erased")
    """A donor's data are erased; what the law keeps, and until when."""


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

    topic = models.CharField(max_length=20, choices=MailTopic, blank=True)
    """What the donor can turn off; empty for mails that a payment or the law needs."""
    lapses_at = models.DateTimeField(null=True)
    """From then on the mail is of no use, and is cancelled instead of sent."""

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
            models.CheckConstraint(name="mail_topic_is_a_donors", condition=Q(topic="") | Q(donor__isnull=False)),
            models.CheckConstraint(name="mail_not_before_it_is_due", condition=Q(next_try_at__gte=F("due_at"))),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="mail_waiting_by_time", condition=Q(state=MailState.WAITING)),
            models.Index(fields=["tried_at"], name="mail_server_down", condition=Q(server_was_down=True)),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk} ({self.kind})"
