"""A person, or a company, who gave: found by a keyed hash, readable only with the keys of this row."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Donor(models.Model):
    """One e-mail address, or one anonymous gift. Several keys, so that what may be forgotten at different times can be."""

    anonymous = models.BooleanField(default=False)
    """Gave without being known: has no hash, so it is never found by an address, signed in or joined with another gift."""
    email_hash = models.BinaryField(max_length=32, null=True, unique=True)
    contact_key = models.BinaryField(null=True)
    seal_key = models.BinaryField(null=True)
    wrapped_with = models.CharField(max_length=16)

    email = models.BinaryField(null=True)
    name = models.BinaryField(null=True)
    company_name = models.BinaryField(null=True)
    nip = models.BinaryField(null=True)
    address = models.BinaryField(null=True)

    language = models.CharField(max_length=5)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("reveal_contact", _("Can see who a donor is, with a reason"))]
        constraints = [
            models.CheckConstraint(
                name="donor_readable_or_erased",
                condition=Q(
                    erased_at__isnull=True,
                    anonymous=False,
                    email_hash__isnull=False,
                    contact_key__isnull=False,
                    seal_key__isnull=False,
                    email__isnull=False,
                )
                | Q(
                    erased_at__isnull=True,
                    anonymous=True,
                    email_hash__isnull=True,
                    contact_key__isnull=False,
                    seal_key__isnull=False,
                )
                | Q(
                    erased_at__isnull=False,
                    email_hash__isnull=True,
                    contact_key__isnull=True,
                    seal_key__isnull=True,
                    email__isnull=True,
                    name__isnull=True,
                    company_name__isnull=True,
                    nip__isnull=True,
                    address__isnull=True,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"donor {self.pk}"
