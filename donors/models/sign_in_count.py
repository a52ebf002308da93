"""How often somebody asked to be let in: counters under keyed hashes, never under a network address."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInScope(models.TextChoices):
    """What is counted together."""

    ADDRESS = "address", _("asked for one address")
    """Requests for one e-mail address, known or not: protects a mailbox from being flooded."""
    BROWSER = "browser", _("asked by one browser")
    """Requests by one browser, told by its cookie: slows a visitor who tries one address after another."""
    EVERYWHERE = "everywhere", _("asked by anybody")
    """All requests together: what is left when somebody drops the cookie each time."""
    WRONG_CODE = "wrong_code", _("wrong codes")
    """All wrong codes together: guessing at many addresses at once gets nowhere either."""


class SignInCount(models.Model):
    """One counter of one window of time. Deleted when its window is over."""

    scope = models.CharField(max_length=10, choices=SignInScope)
    key_hash = models.BinaryField(max_length=32)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "key_hash", "starts_at", "ends_at"], name="sign_in_count_once_per_window"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.count}"
