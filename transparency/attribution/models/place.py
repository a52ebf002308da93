"""What stands on a line."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class LinePlace(models.Model):
    """An interval of a fund's line, in grosze: [start, start + length).

    It is a gift's net, or income without a donor (by its entry and its use), or what was taken from another fund's line and
    moved here. The places of a fund follow one another without gap. Fund and batch are looked up in sets while the rows are
    made, so no trigger checks them five million times; the audit does.
    """

    batch = models.ForeignKey("LineBatch", on_delete=models.PROTECT, db_constraint=False, db_index=False)
    fund = models.ForeignKey(
        "ledger.Fund", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    start = models.BigIntegerField()
    length = models.BigIntegerField()
    donation = models.ForeignKey(
        "payments.Donation", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    entry = models.ForeignKey(
        "ledger.JournalEntry", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    use = models.CharField(max_length=20, blank=True)
    moved_from = models.OneToOneField("LineTaking", on_delete=models.PROTECT, null=True, related_name="moved_to")

    class Meta:
        # Batches follow one another: what came after one stands behind what it wrote.
        indexes = [BrinIndex(fields=["batch"], name="line_place_by_batch", pages_per_range=32, autosummarize=True)]
        constraints = [
            UniqueConstraint(fields=["fund", "start"], name="line_place_starts_once"),
            UniqueConstraint(
                fields=["donation", "fund"],
                condition=Q(donation__isnull=False),
                name="line_place_once_per_gift_and_fund",
            ),
            UniqueConstraint(
                fields=["entry", "fund", "use"], condition=Q(entry__isnull=False), name="line_place_once_per_entry"
            ),
            CheckConstraint(condition=Q(start__gte=0, length__gt=0), name="line_place_has_a_length"),
            CheckConstraint(
                condition=Q(donation__isnull=False, entry__isnull=True, moved_from__isnull=True, use="")
                | (Q(donation__isnull=True, entry__isnull=False, moved_from__isnull=True) & ~Q(use=""))
                | Q(donation__isnull=True, entry__isnull=True, moved_from__isnull=False, use=""),
                name="line_place_has_one_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} [{self.start}, {self.end})"

    @property
    def end(self) -> int:
        """The first position after it."""
        return self.start + self.length
