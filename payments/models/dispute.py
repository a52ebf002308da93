"""A donor's bank asks for a payment back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from payments.models.charge import Charge
from payments.models.movement import BalanceMovement


class DisputeState(models.TextChoices):
    """Where a dispute stands, as the provider says."""

    INQUIRY = "inquiry", pgettext_lazy("dispute", "the bank asks")  # nothing is taken yet; an answer may end it
    INQUIRY_REVIEW = "inquiry_review", pgettext_lazy("dispute", "the bank reads our answer")  # nothing is taken yet
    INQUIRY_CLOSED = "inquiry_closed", pgettext_lazy("dispute", "the question is settled")  # nothing was taken
    NEEDS_RESPONSE = "needs_response", pgettext_lazy("dispute", "needs an answer")  # the money is gone for now
    UNDER_REVIEW = "under_review", pgettext_lazy("dispute", "under review")  # we answered; the bank decides
    WON = "won", pgettext_lazy("dispute", "won")  # the money comes back
    LOST = "lost", pgettext_lazy("dispute", "lost")  # the money stays with the donor
    PREVENTED = "prevented", pgettext_lazy("dispute", "prevented")  # ended by the provider before it began


ANSWERABLE = (DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE)
OPEN_DISPUTE = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)
"""The bank has not decided about money that it took."""
NOT_DECIDED = (*OPEN_DISPUTE, DisputeState.INQUIRY, DisputeState.INQUIRY_REVIEW)
DECIDED = tuple(state for state in DisputeState if state not in NOT_DECIDED)
"""What a bank still holds then, it keeps: all of one that is lost, a part of one that is won in part."""


class Dispute(models.Model):
    """One dispute of one charge, in minor units of the charge's currency. Its state mirrors the provider's.

    `taken_minor` is what of it is with the donor's bank at present. `reason` is the provider's word.
    """

    ref = models.CharField(max_length=100, unique=True)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="disputes")
    state = models.CharField(max_length=16, choices=DisputeState.choices)
    amount_minor = models.BigIntegerField()
    taken_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=60)
    answer_by = models.DateTimeField(null=True)
    answers = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DisputeState.values), name="dispute_state_known"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_positive"),
            models.CheckConstraint(condition=Q(taken_minor__gte=0), name="dispute_taken_not_negative"),
        ]
        indexes = [models.Index(fields=["state", "answer_by"], name="dispute_by_deadline")]

    def __str__(self) -> str:
        return f"dispute:{self.pk}"


class DisputeMovement(models.Model):
    """What a dispute did to our balance, and how it was booked. Rows are only added.

    `booked_minor` is the principal in the books' currency, as it moved clearing: below zero when taken. What the movement
    says beyond it is an exchange difference.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="movements")
    movement = models.OneToOneField(BalanceMovement, on_delete=models.PROTECT, related_name="of_dispute")
    booked_minor = models.BigIntegerField()
    booked_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.dispute_id}: {self.booked_minor}"


class DisputeVerb(models.TextChoices):
    """What staff do about a dispute."""

    ANSWER = "answer", pgettext_lazy("dispute", "answer the bank")  # evidence is handed in, once
    ACCEPT = "accept", pgettext_lazy("dispute", "accept the loss")  # the dispute is given up, for good


class DisputeActState(models.TextChoices):
    """Where an act upon a dispute stands."""

    REQUESTED = "requested", pgettext_lazy("dispute", "being sent")  # committed; the provider's answer is not known yet
    DONE = "done", pgettext_lazy("dispute", "sent")  # it happened
    REFUSED = "refused", pgettext_lazy("dispute", "refused")  # it did not happen and will not


class DisputeAct(models.Model):
    """One act of staff, stored before the provider is asked. Its id makes the idempotency key."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=8, choices=DisputeVerb.choices)
    state = models.CharField(max_length=10, choices=DisputeActState.choices, default=DisputeActState.REQUESTED)
    text = models.TextField(default="")
    reason = models.CharField(max_length=1000)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    request_key = models.CharField(max_length=100, unique=True)
    failure = models.CharField(max_length=100, default="")
    answers_before = models.PositiveIntegerField()
    requested_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verb__in=DisputeVerb.values), name="dispute_act_verb_known"),
            models.CheckConstraint(condition=Q(state__in=DisputeActState.values), name="dispute_act_state_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="dispute_act_has_reason"),
            models.CheckConstraint(condition=~Q(verb="answer") | ~Q(text=""), name="dispute_answer_says_something"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"dispute_act:{self.pk}"


class FraudWarning(models.Model):
    """The card's bank says that a payment was probably fraud. `kind` is the provider's word. Rows are only added."""

    ref = models.CharField(max_length=100, unique=True)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="fraud_warnings")
    kind = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"fraud_warning:{self.pk}"
