"""A donor who is let in, in one browser. Apart from Django's sessions, which are the staff's."""

from django.db import models

from donors.models.donor import Donor


class DonorSession(models.Model):
    """Found by the hash of a token that only the browser's cookie has."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="sessions")
    created_at = models.DateTimeField(db_index=True)
    last_seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"session {self.pk}"
