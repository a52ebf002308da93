"""A field of help (surviving in the forest, legal support): the parent of its needs, and where their surplus goes."""

from django.db import models

from core.texts import texts_constraint


class Area(models.Model):
    """One fund of the tree's middle floor. Its code is its fund's code."""

    code = models.CharField(max_length=40, unique=True)
    title = models.JSONField()
    summary = models.JSONField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            texts_constraint("title", name="area_title_in_both_languages"),
            texts_constraint("summary", name="area_summary_in_both_languages"),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z][A-Z0-9-]*$"), name="area_code_is_a_fund_code"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def fund_code(self) -> str:
        """The fund gifts to this area go to."""
        return self.code
