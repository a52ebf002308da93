"""A spending that was reversed."""

from django.db import models


class LineFreeing(models.Model):
    """The entry that reversed a spending: from then on its takings don't count, and the next spending fills them first."""

    batch = models.ForeignKey("LineBatch", on_delete=models.PROTECT, related_name="freeings", db_index=False)
    spending = models.OneToOneField("LineSpending", on_delete=models.PROTECT, related_name="freed_by")
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"{self.spending_id} freed by entry {self.entry_id}"
