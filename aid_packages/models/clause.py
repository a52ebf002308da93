"""What becomes of money a need cannot use: the sentence every donor sees before paying."""

from django.db import models

from core.texts import texts_constraint


class ClauseVersion(models.Model):
    """One wording of the clause. A wording is never edited: a new one gets the next number, and needs move to it."""

    number = models.PositiveSmallIntegerField(unique=True)
    text = models.JSONField()
    in_force_from = models.DateField()

    class Meta:
        ordering = ["number"]
        constraints = [texts_constraint("text", name="clause_text_in_both_languages")]

    def __str__(self) -> str:
        return f"clause {self.number}"
