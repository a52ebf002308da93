"""A piece of evidence: a photograph, an invoice or an attestation, as it was made anew from its pixels."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aid_packages.models import Region


class ItemKind(models.TextChoices):
    """What a piece of evidence is."""

    INVOICE = "invoice", _("Invoice or bill")
    """The paper that says what was paid for."""
    ATTESTATION = "attestation", _("Attestation")
    """What somebody signed: that goods were handed on, or that work was done."""
    PHOTO = "photo", _("Photograph")
    """A picture of goods or of help; never needed for a report."""


class SubjectKind(models.TextChoices):
    """What a piece of evidence, or a grade, belongs to."""

    DOCUMENT = "document", _("Spending document")
    """A document that money was spent on."""
    DELIVERY = "delivery", _("Delivery")
    """Goods that were handed on."""
    GRANT = "grant", _("Final grant")
    """Money that went to a partner for good."""


class Item(models.Model):
    """One piece of evidence. Append-only; what becomes of it are events. The file as it was sent in is kept nowhere.

    `token` names it to the world, and is random. `title` is for staff alone. `week` (202647) and `region` are all that
    is ever said in public of when and where. `period` is the month of a delivery's evidence; that of a document or grant
    counts in the month in which the spending was booked.
    """

    token = models.CharField(max_length=43, unique=True)
    kind = models.CharField(max_length=12, choices=ItemKind.choices)
    subject_kind = models.CharField(max_length=10, choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=120)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    week = models.PositiveIntegerField()
    period = models.PositiveIntegerField()
    media_type = models.CharField(max_length=20)
    pages = models.PositiveSmallIntegerField()
    size_bytes = models.PositiveIntegerField()
    request_key = models.CharField(max_length=100, unique=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="evidence_item_of_subject")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=ItemKind.values), name="item_kind_is_known_evidence"),
            models.CheckConstraint(
                condition=models.Q(subject_kind__in=SubjectKind.values), name="item_subject_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(media_type__in=["image/jpeg", "application/pdf"]), name="item_is_a_jpeg_or_a_pdf"
            ),
            models.CheckConstraint(condition=models.Q(week__range=(202001, 209953)), name="item_week_is_a_week"),
        ]

    def __str__(self) -> str:
        return f"evidence:{self.pk}"
