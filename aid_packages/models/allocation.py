"""An allocation: an envelope of a fund's money for a partner or ourselves, in a region, for a time and a purpose."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from aid_packages.models.agreement import Agreement
from aid_packages.models.partner import Partner
from aid_packages.models.region import Region
from ledger.models import JournalEntry


class AllocationState(models.TextChoices):
    """Where an envelope is in its life."""

    DRAFTED = "drafted", pgettext_lazy("allocation", "Waiting for approval")
    """One person prepared it; no money is set aside yet."""
    APPROVED = "approved", pgettext_lazy("allocation", "Approved")
    """A second person approved it; its amount is committed and may be spent."""
    REJECTED = "rejected", pgettext_lazy("allocation", "Rejected")
    """A second person refused it; nothing was set aside."""
    EMERGENCY = "emergency", pgettext_lazy("allocation", "Emergency, not countersigned yet")
    """One person set it aside and may spend it at once; a second person has to countersign within 72 hours."""
    STOPPED = "stopped", pgettext_lazy("allocation", "Stopped")
    """Nothing more is paid from it: its countersignature was refused, or something was taken back after it was closed.
    What is with the partner is returned or accounted for."""
    CLOSED = "closed", pgettext_lazy("allocation", "Closed")
    """All of it is accounted for; what was not used was given back to the fund."""


SPENDABLE = frozenset({AllocationState.APPROVED, AllocationState.EMERGENCY})
"""The states in which money may be paid out."""
SETTLING = SPENDABLE | {AllocationState.STOPPED}
"""The states in which what was paid out may be accounted for."""

MOVES: dict[AllocationState, frozenset[AllocationState]] = {
    AllocationState.DRAFTED: frozenset({AllocationState.APPROVED, AllocationState.REJECTED}),
    AllocationState.APPROVED: frozenset({AllocationState.CLOSED}),
    AllocationState.EMERGENCY: frozenset({AllocationState.APPROVED, AllocationState.STOPPED}),
    AllocationState.REJECTED: frozenset(),
    AllocationState.STOPPED: frozenset({AllocationState.CLOSED}),
    AllocationState.CLOSED: frozenset({AllocationState.STOPPED}),
}
"""The transition table: from each state, the states it may move to."""


class Allocation(models.Model):
    """An envelope. What was drafted never changes (a trigger refuses it); only its state and who decided are written.

    `decision_snapshot` and `available_seen_minor` keep what the approver's check saw, so that the audit can repeat
    exactly that sum later, whatever was booked at the same instant by others.
    """

    fund_code = models.CharField(max_length=40)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    first_period = models.PositiveIntegerField()
    last_period = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    purpose = models.CharField(max_length=300)
    request_key = models.CharField(max_length=100, unique=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()

    state = models.CharField(max_length=10, choices=AllocationState.choices, default=AllocationState.DRAFTED)
    countersign_until = models.DateTimeField(null=True)
    """Set on an emergency: by when a second person has to countersign."""
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, related_name="allocations")
    """The agreement under which it was decided; none for ourselves."""
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    available_seen_minor = models.BigIntegerField(null=True)
    decision_snapshot = models.TextField(default="", blank=True)
    commitment_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closing_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="allocation_amount_is_positive"),
            models.CheckConstraint(
                condition=models.Q(first_period__lte=models.F("last_period")), name="allocation_period_runs_forward"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=AllocationState.values), name="allocation_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("prepared_by")),
                name="allocation_decided_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["drafted", "emergency"], decided_by=None, decided_at=None)
                | (
                    ~models.Q(state__in=["drafted", "emergency"])
                    & models.Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="allocation_decision_has_a_name",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["drafted", "rejected"], commitment_entry=None)
                | models.Q(state__in=["approved", "emergency", "stopped", "closed"], commitment_entry__isnull=False),
                name="allocation_commitment_is_booked",
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_by__isnull=False, closed_at__isnull=False)
                | (~models.Q(state="closed") & models.Q(closed_by=None, closed_at=None, closing_entry=None)),
                name="allocation_closing_has_a_name",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="emergency") | models.Q(countersign_until__isnull=False),
                name="allocation_emergency_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"allocation:{self.pk}"
