"""A need: what people lack this season, with the fund that gifts to it are pooled in."""

from datetime import date
from enum import Enum

from django.db import models
from django.utils.translation import pgettext_lazy

from aid_packages.models.area import Area
from aid_packages.models.clause import ClauseVersion
from core.texts import texts_constraint


class Urgency(models.IntegerChoices):
    """How soon help has to arrive. It decides the order on the page, and no countdown."""

    STEADY = 1, pgettext_lazy("urgency", "Steady")
    """Help that is needed month after month; nothing is lost by a week."""
    SOON = 2, pgettext_lazy("urgency", "Soon")
    """Help that is needed within days."""
    TONIGHT = 3, pgettext_lazy("urgency", "Tonight")
    """Help without which a person is in danger this night."""


class NeedState(models.TextChoices):
    """What staff decided about a need."""

    OPEN = "open", pgettext_lazy("need", "Open")
    """Gifts are welcome while the season lasts."""
    PAUSED = "paused", pgettext_lazy("need", "Paused")
    """Staff stopped gifts for now; the season may go on later."""
    ENDED = "ended", pgettext_lazy("need", "Ended")
    """Staff ended the need before its season did."""


class Giving(Enum):
    """Whether a need can be given to on a day: the state and the season together."""

    OPEN = "open"
    """Packages and free sums go to the need."""
    NOT_YET = "not_yet"
    """The season has not begun; free sums go to the area."""
    PAUSED = "paused"
    """Staff paused the need; free sums go to the area."""
    ENDED = "ended"
    """The season is over or the need was ended; free sums go to the area."""


class Need(models.Model):
    """One need of one season. Money is pooled in its fund; its packages say what the money is for."""

    code = models.SlugField(max_length=40, unique=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="needs")
    fund_code = models.CharField(max_length=40, unique=True)
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices)
    state = models.CharField(max_length=10, choices=NeedState.choices, default=NeedState.OPEN)
    season_from = models.DateField()
    season_to = models.DateField()
    goal_minor = models.BigIntegerField()
    title = models.JSONField()
    summary = models.JSONField()
    body = models.JSONField()
    illustration = models.SlugField(max_length=40)
    clause = models.ForeignKey(ClauseVersion, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["-urgency", "position"]
        constraints = [
            texts_constraint("title", name="need_title_in_both_languages"),
            texts_constraint("summary", name="need_summary_in_both_languages"),
            texts_constraint("body", name="need_body_in_both_languages"),
            models.CheckConstraint(condition=models.Q(goal_minor__gt=0), name="need_goal_is_positive"),
            models.CheckConstraint(condition=models.Q(urgency__range=(1, 3)), name="need_urgency_is_known"),
            models.CheckConstraint(condition=models.Q(state__in=NeedState.values), name="need_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(season_from__lte=models.F("season_to")), name="need_season_runs_forward"
            ),
            # The ledger counts by whole months: a season from the middle of one could not be told from its eve.
            models.CheckConstraint(condition=models.Q(season_from__day=1), name="need_season_starts_a_month"),
        ]

    def __str__(self) -> str:
        return self.code

    def giving_on(self, day: date) -> Giving:
        """Whether gifts go to this need on a Warsaw calendar day."""
        if self.state == NeedState.ENDED or day > self.season_to:
            return Giving.ENDED
        if self.state == NeedState.PAUSED:
            return Giving.PAUSED
        return Giving.NOT_YET if day < self.season_from else Giving.OPEN
