"""A spending document: an invoice or bill that shows what money was spent on."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aid_packages.models.allocation import Allocation
from ledger.models import JournalEntry


class DocumentState(models.TextChoices):
    """Where a document is in its checking."""

    RECORDED = "recorded", pgettext_lazy("document", "Waiting for acceptance")
    """Somebody entered it; nothing is counted as spent yet."""
    QUERIED = "queried", pgettext_lazy("document", "Queried")
    """The checker asked a question; it may still be accepted or rejected."""
    ANSWERED = "answered", pgettext_lazy("document", "Answered")
    """The question was answered; the checker decides, or asks again."""
    ACCEPTED = "accepted", pgettext_lazy("document", "Accepted")
    """Another person accepted it: its share is booked as spent."""
    REJECTED = "rejected", pgettext_lazy("document", "Rejected")
    """It does not count; its number may be recorded anew."""
    REVERSED = "reversed", pgettext_lazy("document", "Taken back")
    """It was accepted wrongly and taken back by a mirrored entry; its number may be recorded anew."""


class Settles(models.TextChoices):
    """Whose money the document accounts for."""

    ADVANCE = "advance", _("An advance to the partner")
    """Spent by the partner from what was advanced."""
    PURCHASE = "purchase", _("Our own purchase")
    """Owed by ourselves until it is paid."""


class EvidenceGrade(models.TextChoices):
    """How the spending was verified. Fixed when the document is accepted."""

    INVOICE_SEEN = "invoice_seen", _("Invoice seen")
    """We saw the invoice itself."""
    PARTNER_ATTESTED = "partner_attested", _("Attested by the partner")
    """The partner confirmed what was handed on."""
    CHECKED = "independently_checked", _("Independently checked")
    """Somebody outside both of us checked it."""


class SpendingDocument(models.Model):
    """One document. Issuer and number together are unique among documents that are
    neither rejected nor taken back.

    `total_minor` is the document's whole sum, `own_share_minor` the part we pay; the rest other funders paid. Once
    accepted nothing of it changes (a trigger refuses it), so a report at a mark gives the same answer for ever.

    A correction invoice is a document of its own that names the one it `corrects`: its sums are differences, above or
    below zero, and it is checked, accepted and booked like any other.
    """

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="documents")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    settles = models.CharField(max_length=10, choices=Settles.choices)
    issuer_country = models.CharField(max_length=2, default="PL")
    issuer_nip = models.CharField(max_length=10, blank=True, default="")
    issuer_id = models.CharField(max_length=40, blank=True, default="")
    """What a foreign issuer is known by in its country, in capitals and without signs; empty where there is a NIP."""
    issuer_name = models.CharField(max_length=120, blank=True, default="")
    number = models.CharField(max_length=60)
    number_key = models.CharField(max_length=60)
    issued_on = models.DateField()
    total_minor = models.BigIntegerField()
    own_share_minor = models.BigIntegerField()
    grade = models.CharField(max_length=30, choices=EvidenceGrade.choices)
    request_key = models.CharField(max_length=100, unique=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    state = models.CharField(max_length=10, choices=DocumentState.choices, default=DocumentState.RECORDED)
    question = models.CharField(max_length=300, blank=True, default="")
    answer = models.CharField(max_length=300, blank=True, default="")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer_country", "issuer_nip", "issuer_id", "number_key"],
                condition=~models.Q(state__in=["rejected", "reversed"]),
                name="document_counts_once",
            ),
            models.CheckConstraint(
                condition=models.Q(corrects=None, own_share_minor__gt=0, total_minor__gte=models.F("own_share_minor"))
                | (models.Q(corrects__isnull=False) & ~models.Q(own_share_minor=0)),
                name="document_own_share_within_total",
            ),
            models.CheckConstraint(
                condition=models.Q(issuer_country="PL", issuer_nip__regex=r"^\d{10}$", issuer_id="")
                | (
                    ~models.Q(issuer_country="PL")
                    & models.Q(issuer_country__regex=r"^[A-Z]{2}$", issuer_nip="", issuer_id__regex=r"^[A-Z0-9]{2,40}$")
                ),
                name="document_issuer_is_known_by_a_number",
            ),
            models.CheckConstraint(condition=models.Q(state__in=DocumentState.values), name="document_state_is_known"),
            models.CheckConstraint(condition=models.Q(grade__in=EvidenceGrade.values), name="document_grade_is_known"),
            models.CheckConstraint(condition=models.Q(settles__in=Settles.values), name="document_settles_is_known"),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("recorded_by")),
                name="document_decided_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["accepted", "reversed"], entry__isnull=False, decided_by__isnull=False)
                | (~models.Q(state__in=["accepted", "reversed"]) & models.Q(entry=None)),
                name="document_accepted_is_booked",
            ),
        ]

    def __str__(self) -> str:
        return f"document:{self.pk}"

    @property
    def is_correction(self) -> bool:
        """Whether its sums are differences from another document."""
        return self.corrects_id is not None


class DocumentSplit(models.Model):
    """The part of a document's own share that an allocation (and so its fund) pays; below zero only in a correction.

    Append-only.
    """

    document = models.ForeignKey(SpendingDocument, on_delete=models.PROTECT, related_name="splits")
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="splits")
    amount_minor = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["document", "allocation"], name="split_once_per_allocation"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="split_is_not_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} from {self.allocation_id}"
