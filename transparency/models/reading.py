"""What else stood beside a mark: how far the other rooms' tables went, and what things were called."""

from django.db import models


class MarkReading(models.Model):
    """Last ids read while nobody posted, and the names of that day. A report can be asked for as of any mark with one."""

    mark = models.OneToOneField("ledger.Mark", on_delete=models.PROTECT, related_name="reading")
    ids = models.JSONField()
    names = models.JSONField()

    def __str__(self) -> str:
        return f"beside mark {self.mark_id}"
