"""Links in mails that may do one thing."""

from django.db import models
from django.db.models import Q

from payments.models.monthly.gift import MonthlyGift
from payments.monthly_states import LinkPurpose


class ScopedLink(models.Model):
    """One link. Only its token's hash is kept, so that a copy of the database opens nothing.

    `params` says what exactly it may do (which invoice, how much more, which day, which other gift): it is never read
    from the address. `key` makes sure that one mail's link is made once.
    """

    key = models.CharField(max_length=100, unique=True)
    purpose = models.CharField(max_length=10, choices=LinkPurpose.choices)
    gift = models.ForeignKey(MonthlyGift, on_delete=models.PROTECT, related_name="links")
    token_hash = models.BinaryField(max_length=32, unique=True)
    params = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=LinkPurpose.values), name="scoped_link_purpose_known"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} link {self.pk}"
