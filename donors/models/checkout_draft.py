"""What a donor typed at checkout, kept for a day so that nothing typed is lost."""

from django.db import models


class CheckoutDraft(models.Model):
    """Its key is made from the token, which only the donor's browser has: the row alone can't be read."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    content = models.BinaryField()
    written_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"draft {self.pk}"
