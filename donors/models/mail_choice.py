"""Which mails a donor wants: each kind that can be done without has its own switch."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from donors.models.donor import Donor


class MailTopic(models.TextChoices):
    """What can be turned off. What a payment or the law needs is no topic: first confirmations, failures, changes."""

    RECEIPTS_EACH = "receipts_each", _("a confirmation of every regular donation")
    """One mail for each renewal of a monthly gift; the first confirmation always comes."""
    REMINDERS_CARD = "reminders_card", _("a reminder before your card expires")
    """Thirty and seven days before the card of a monthly gift expires."""
    UPGRADE_OFFERS = "upgrade_offers", _("a question whether you would like to give more")
    """A link that raises a monthly gift, and does nothing else."""
    YEARLY_STATEMENT = "yearly_statement", _("a statement of the past year")
    """Once a year, and again when a later refund corrects it."""
    REPORTS = "reports", _("what your donation was counted in")
    """When a report is published that counts the donor's gift."""


class MailChoice(models.Model):
    """What one donor chose about one topic; without a row it is wanted."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="mail_choices")
    topic = models.CharField(max_length=20, choices=MailTopic)
    wanted = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["donor", "topic"], name="mail_choice_once_per_topic")]

    def __str__(self) -> str:
        return f"{self.topic} of donor {self.donor_id}: {self.wanted}"
