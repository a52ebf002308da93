"""What becomes of a piece of evidence: taken in, released, withheld, erased."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from aid_packages.evidence.models.item import Item


class EventKind(models.TextChoices):
    """What happened to a piece of evidence; the last event says where it stands."""

    TAKEN_IN = "taken_in", pgettext_lazy("evidence", "Waiting for a second look")
    """Somebody put it in; it is withheld until another person has looked at it."""
    RELEASED = "released", pgettext_lazy("evidence", "Released")
    """A second person looked at it with the checklist; it may be shown, late and coarse."""
    WITHHELD = "withheld", pgettext_lazy("evidence", "Withheld")
    """Somebody looked at it and it is not shown; it is counted with its reason."""
    ERASED = "erased", pgettext_lazy("evidence", "Erased")
    """Its key is destroyed: nobody can read it any more; that it was there stays counted."""


class WithheldReason(models.TextChoices):
    """Why a piece of evidence is not shown."""

    SAFETY = "safety", pgettext_lazy("withheld", "safety")
    """It could lead somebody to people or places."""
    PARTNER = "partner", pgettext_lazy("withheld", "the partner asked for it")
    """The partner asked not to be shown."""
    PRIVACY = "privacy", pgettext_lazy("withheld", "privacy")
    """It names or shows people who have not agreed."""


class Event(models.Model):
    """One event of a piece of evidence. Append-only: the database refuses a release by who put it in (migration 0002).

    `reason` says why it is not shown, and is empty for a release. `checklist` names what the releaser looked for.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    reason = models.CharField(max_length=10, choices=WithheldReason.choices, blank=True, default="")
    checklist = models.JSONField(default=list)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """None only where an erasure was repeated after a restore, from the log of erasures."""
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=EventKind.values), name="event_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(kind="released", reason="")
                | (~models.Q(kind="released") & models.Q(reason__in=WithheldReason.values)),
                name="event_withheld_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(actor__isnull=False) | models.Q(kind="erased"), name="event_has_an_actor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id}"
