"""Where a regular reading of the provider's lists stands."""

from django.db import models


class Cursor(models.Model):
    """How far a named reading has come: the last object it saw, and when it last ran through."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.CharField(max_length=100, default="")
    moved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
