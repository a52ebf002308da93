"""What one person proposes and another decides: redirects, covers of deficits, reversals."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from ledger.models import JournalEntry


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    PROPOSED = "proposed", pgettext_lazy("proposal", "Waiting for a second person")
    """One person proposed it; nothing is booked."""
    APPROVED = "approved", pgettext_lazy("proposal", "Approved and booked")
    """A second person approved it, and it was booked in the same instant."""
    REFUSED = "refused", pgettext_lazy("proposal", "Refused")
    """A second person refused it; nothing was booked."""


class Proposal(models.Model):
    """What all proposals share. What was proposed never changes (a trigger refuses it); a decision is made once."""

    request_key = models.CharField(max_length=100, unique=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="proposed", decided_by=None, decided_at=None, entry=None)
                | models.Q(state="approved", decided_by__isnull=False, decided_at__isnull=False, entry__isnull=False)
                | models.Q(state="refused", decided_by__isnull=False, decided_at__isnull=False, entry=None),
                name="%(class)s_is_decided_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="%(class)s_decided_by_another",
            ),
        ]
