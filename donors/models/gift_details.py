"""Who gave one gift, as typed for it: what its receipt will say, whatever is typed for the next one."""

import uuid

from django.db import models

from donors.models.donor import Donor


class GiftDetails(models.Model):
    """Encrypted under the donor's contact key; gone once the receipt holds it, or the gift never came about.

    Of a gift that comes again it stays: each of its receipts names who set it up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="gift_details")
    gift = models.CharField(max_length=64)
    """The key of the gift's intent. It holds nothing of the donor."""
    name = models.BinaryField(null=True)
    company_name = models.BinaryField(null=True)
    nip = models.BinaryField(null=True)
    address = models.BinaryField(null=True)
    typed_at = models.DateTimeField(db_index=True)
    stays = models.BooleanField(default=False)
    """The gift has begun and comes again: what was typed for it is read each time, and changed by its donor alone."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gift"], name="gift_details_once_per_gift")]

    def __str__(self) -> str:
        return f"details of gift {self.pk}"
