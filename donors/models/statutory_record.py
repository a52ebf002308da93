"""The donor's part of a receipt, frozen: it must outlive the contact data, and may not follow its changes."""

from django.db import models

from donors.models.donor import Donor


class StatutoryRecord(models.Model):
    """Encrypted under the donor's key of the year; append-only. It is erased by destroying that key."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="statutory_records")
    name = models.BinaryField(null=True)
    company_name = models.BinaryField(null=True)
    nip = models.BinaryField(null=True)
    address = models.BinaryField(null=True)
    email_masked = models.BinaryField(null=True)
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"statutory record {self.pk}"
