"""Receipts: numbered without gaps, frozen when issued."""

from django.db import models

from payments.models.donation import Donation


class ReceiptCounter(models.Model):
    """The last number given in a year by a donee. Its row lock is what makes the numbers gapless."""

    donee = models.ForeignKey("ledger.Donee", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["donee", "year"], name="receipt_counter_per_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last_number}"


class Receipt(models.Model):
    """A confirmation of one donation. Rows are only added; the donor's part stands in `donors`, by its id.

    `content` is canonical JSON, `sha256` its digest. The PDF is made anew from it each time it is asked for, so that
    no file with a name in it lies anywhere.
    """

    donation = models.OneToOneField(Donation, on_delete=models.PROTECT, related_name="receipt")
    donee = models.ForeignKey("ledger.Donee", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    statutory_record = models.ForeignKey("donors.StatutoryRecord", on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    link_token = models.CharField(max_length=43, unique=True)
    link_expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["donee", "year", "sequence"], name="receipt_number_once"),
            models.CheckConstraint(condition=models.Q(sequence__gt=0), name="receipt_number_positive"),
        ]
        indexes = [models.Index(fields=["number"], name="receipt_by_number")]

    def __str__(self) -> str:
        return self.number
