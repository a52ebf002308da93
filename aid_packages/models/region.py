"""Where help was given, no finer than this: what is never published finer is not stored finer."""

from django.db import models
from django.utils.translation import pgettext_lazy

from core.texts import texts_constraint


class RegionCode(models.TextChoices):
    """Every region there is: a fixed list, as coarse as what may be published. A finer one can't be added by mistake."""

    NORTH = "north", pgettext_lazy("region", "Northern stretch of the border")
    """The border forest's northern part."""
    SOUTH = "south", pgettext_lazy("region", "Southern stretch of the border")
    """The border forest's southern part."""
    CENTRES = "centres", pgettext_lazy("region", "Detention centres")
    """All guarded centres together, never one of them."""
    COUNTRY = "country", pgettext_lazy("region", "All of Poland")
    """Help that is given anywhere in Poland, or that has no place."""
    ABROAD = "abroad", pgettext_lazy("region", "Abroad")
    """Help that is given outside Poland."""


class Region(models.Model):
    """One of a few coarse regions. No coordinates, no route, no village."""

    code = models.SlugField(max_length=20, unique=True)
    title = models.JSONField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            texts_constraint("title", name="region_title_in_both_languages"),
            models.CheckConstraint(condition=models.Q(code__in=RegionCode.values), name="region_is_one_of_the_list"),
        ]

    def __str__(self) -> str:
        return self.code
