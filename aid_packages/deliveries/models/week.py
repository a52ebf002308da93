"""The column in which every row of help keeps its time: a week, and nothing finer."""

from django.db import models
from django.db.models.functions import Mod
from django.db.models.lookups import GreaterThan, LessThan


def week_constraint(*, name: str) -> models.CheckConstraint:
    """A CHECK that `week` is a year and an ISO week (202640)."""
    fits = models.Q(week__range=(202001, 209953))
    return models.CheckConstraint(
        condition=fits & models.Q(LessThan(Mod("week", 100), 54)) & models.Q(GreaterThan(Mod("week", 100), 0)),
        name=name,
    )
