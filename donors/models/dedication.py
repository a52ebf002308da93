"""A gift dedicated to someone, who is told with an e-card on a chosen day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donors.models.donor import Donor


class DedicationState(models.TextChoices):
    WAITING = "waiting", _("waiting for the payment")
    """The gift isn't settled yet: nothing may be sent."""
    RELEASED = "released", _("card is due on its day")
    """The gift is settled: the card stands in the outbox, due on its day."""
    CANCELLED = "cancelled", _("cancelled")
    """The gift didn't come about or was given back: what was typed is gone."""


class Dedication(models.Model):
    """The dedicatee's data were typed by the donor: encrypted under the donor's contact key, and forgotten with it."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="dedications")
    reference = models.CharField(max_length=64)
    giver_name = models.BinaryField(null=True)
    recipient_name = models.BinaryField(null=True)
    recipient_email = models.BinaryField(null=True)
    message = models.BinaryField(null=True)
    send_on = models.DateField()
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=10, choices=DedicationState, default=DedicationState.WAITING)
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="dedication_once_per_reference"),
            models.CheckConstraint(
                name="dedication_cancelled_is_empty",
                condition=~Q(state=DedicationState.CANCELLED)
                | Q(
                    giver_name__isnull=True,
                    recipient_name__isnull=True,
                    recipient_email__isnull=True,
                    message__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"dedication {self.pk}"
