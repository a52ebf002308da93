"""A donor asks to be let in: one row for each time, whether the address is known or not."""

from django.db import models
from django.db.models import Q

from donors.models.donor import Donor

MOST_TRIES = 5
"""How many codes may be typed for one request: five in a million."""


class SignInRequest(models.Model):
    """Link and code are one use of one row. The row is deleted soon after its ten minutes.

    The address is encrypted under a key of the row's own, since nobody knows yet whose it is; both go as soon as the
    mail is decided on. Link and code are stored as hashes, and made only then.
    """

    browser_hash = models.BinaryField(max_length=32, null=True)
    """Of the cookie of the browser that asked; empty when staff sent the link, which any browser may then use."""
    own_key = models.BinaryField(null=True)
    wrapped_with = models.CharField(max_length=16, blank=True)
    address = models.BinaryField(null=True)
    allowed = models.BooleanField()
    """Whether the limits leave room for a mail; a row that is refused takes the same time and looks the same."""
    language = models.CharField(max_length=5)
    next_path = models.CharField(max_length=200, blank=True)

    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    decided_at = models.DateTimeField(null=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, null=True, related_name="sign_in_requests")
    """Who was written to; empty while undecided, and for an address that nobody gave from."""
    link_hash = models.BinaryField(max_length=32, null=True, unique=True)
    code_salt = models.BinaryField(max_length=16)
    code_hash = models.BinaryField(max_length=32, null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sign_in_address_until_decided",
                condition=Q(decided_at__isnull=True, address__isnull=False, own_key__isnull=False)
                | Q(decided_at__isnull=False, address__isnull=True, own_key__isnull=True),
            ),
            models.CheckConstraint(
                name="sign_in_link_is_somebodys",
                condition=Q(link_hash__isnull=True, code_hash__isnull=True, donor__isnull=True)
                | Q(link_hash__isnull=False, donor__isnull=False),
            ),
            models.CheckConstraint(name="sign_in_few_tries", condition=Q(tries__lte=MOST_TRIES)),
            models.CheckConstraint(
                name="sign_in_used_by_somebody", condition=Q(used_at__isnull=True) | Q(donor__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["browser_hash", "id"], name="sign_in_by_browser")]

    def __str__(self) -> str:
        return f"sign-in request {self.pk}"
