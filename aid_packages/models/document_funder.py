"""Another funder of a document: an organisation that paid a part of the same invoice."""

from django.db import models

from aid_packages.models.document import SpendingDocument


class DocumentFunder(models.Model):
    """One other funder and its share, in grosze; below zero only in a correction.

    Append-only: our share and theirs add up to the document's whole sum.
    """

    document = models.ForeignKey(SpendingDocument, on_delete=models.PROTECT, related_name="funders")
    name = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["document", "name"], name="funder_once_per_document"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="funder_share_is_not_nothing"),
            models.CheckConstraint(condition=~models.Q(name=""), name="funder_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.document_id}"
