"""Where help was given, no finer than this: what is never published finer is not stored finer."""

from django.db import models

from core.texts import texts_constraint


class Region(models.Model):
    """One of a few coarse regions. No coordinates, no route, no village."""

    code = models.SlugField(max_length=20, unique=True)
    title = models.JSONField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [texts_constraint("title", name="region_title_in_both_languages")]

    def __str__(self) -> str:
        return self.code
