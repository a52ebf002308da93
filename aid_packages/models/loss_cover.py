"""A cover: what a fund lacks after refunds and chargebacks that came late is given from GENERAL."""

from django.db import models
from django.db.models import CheckConstraint, F, Q

from aid_packages.models.proposal import Proposal


class LossCover(Proposal):
    """One cover of a fund's deficit (ledger: LOSS_COVER when a second person approves).

    `lacking_minor` is what the fund lacked when it was proposed; `available_seen_minor` and `decision_snapshot` keep what
    the approver's check saw in GENERAL.
    """

    fund_code = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    lacking_minor = models.BigIntegerField()
    available_seen_minor = models.BigIntegerField(null=True)
    decision_snapshot = models.TextField(default="", blank=True)

    class Meta(Proposal.Meta):
        constraints = [
            *Proposal.Meta.constraints,
            CheckConstraint(condition=Q(amount_minor__gt=0), name="cover_is_positive"),
            CheckConstraint(condition=Q(amount_minor__lte=F("lacking_minor")), name="cover_within_what_is_lacking"),
            CheckConstraint(condition=~Q(fund_code="GENERAL"), name="cover_is_not_of_general_itself"),
        ]

    def __str__(self) -> str:
        return f"cover:{self.pk}"
