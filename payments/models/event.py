"""The inbox of the provider's notices."""

from django.db import models
from django.db.models import Q


class EventState(models.TextChoices):
    """What became of a notice."""

    PENDING = "pending", "pending"  # stored, not yet acted on
    PROCESSED = "processed", "processed"  # the object was fetched and its state applied
    IGNORED = "ignored", "ignored"  # nothing to do; the reason stands beside it


class ProviderEvent(models.Model):
    """One notice, stored once before it is acknowledged. The body is sealed, since donors' names can stand in it."""

    ref = models.CharField(max_length=100, unique=True)
    type = models.CharField(max_length=100)
    topic = models.CharField(max_length=16)
    object_ref = models.CharField(max_length=100)
    livemode = models.BooleanField()
    created_at = models.DateTimeField()
    received_at = models.DateTimeField()
    origin = models.CharField(max_length=10, default="webhook")
    body_sha256 = models.CharField(max_length=64, default="")
    sealed_body = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=EventState.choices, default=EventState.PENDING)
    ignored_because = models.CharField(max_length=200, default="")
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.CharField(max_length=200, default="")
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ignored") | ~Q(ignored_because=""), name="provider_event_ignored_with_reason"
            ),
            models.CheckConstraint(condition=Q(state__in=EventState.values), name="provider_event_state_known"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="provider_event_pending", condition=Q(state="pending")),
            # one fetch closes all of an object's notices: they must be found among a hundred thousand
            models.Index(fields=["object_ref", "topic"], name="provider_event_of_object", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.type}"
