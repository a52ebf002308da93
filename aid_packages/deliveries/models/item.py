"""What is handed on or done, counted in units: a sleeping bag, an hour of a lawyer."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.texts import texts_constraint


class AidKind(models.TextChoices):
    """Whether an item lies in a store or is done."""

    GOODS = "goods", pgettext_lazy("aid", "Goods")
    """Things: bought or given, stored, handed on."""
    SERVICE = "service", pgettext_lazy("aid", "Service")
    """Work done for people: a consultation, an intervention. Nothing of it can be stored."""


class Unit(models.TextChoices):
    """In what an item is counted."""

    PIECE = "piece", pgettext_lazy("unit", "piece")
    """One thing."""
    PAIR = "pair", pgettext_lazy("unit", "pair")
    """Two things that belong together, such as boots."""
    SET = "set", pgettext_lazy("unit", "set")
    """Several things handed on as one."""
    HOUR = "hour", pgettext_lazy("unit", "hour")
    """An hour of work."""
    CONSULTATION = "consultation", pgettext_lazy("unit", "consultation")
    """One talk with one person or family, however long."""
    INTERVENTION = "intervention", pgettext_lazy("unit", "intervention")
    """One time that a team went out."""
    VISIT = "visit", pgettext_lazy("unit", "visit")
    """One visit."""
    LESSON = "lesson", pgettext_lazy("unit", "lesson")
    """One lesson of a group."""
    MONTH = "month", pgettext_lazy("unit", "month")
    """A month of something, such as phone credit."""


class AidItem(models.Model):
    """One thing or service, under a code. Append-only: reports name it for ever as it was named."""

    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=AidKind.choices)
    unit = models.CharField(max_length=20, choices=Unit.choices)
    title = models.JSONField()

    class Meta:
        ordering = ["code"]
        verbose_name = _("item")
        constraints = [
            texts_constraint("title", name="aid_item_title_in_both_languages"),
            models.CheckConstraint(condition=models.Q(kind__in=AidKind.values), name="aid_item_kind_is_known"),
            models.CheckConstraint(condition=models.Q(unit__in=Unit.values), name="aid_item_unit_is_known"),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[a-z][a-z0-9-]*$"), name="aid_item_code_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.code
