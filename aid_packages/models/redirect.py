"""A redirect: what a need or an area could not use goes up its tree, under the clause that donors saw."""

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import pgettext_lazy

from aid_packages.models.area import Area
from aid_packages.models.clause import ClauseVersion
from aid_packages.models.need import Need
from aid_packages.models.proposal import Proposal


class RedirectReason(models.TextChoices):
    """Why a need, or an area, can't use the money. The clause names both."""

    OVER_FUNDED = "over_funded", pgettext_lazy("redirect", "More came in than the goal")
    """The need received more than its season's goal, or the area more than its needs lack: at most what is over goes on."""
    ENDED = "ended", pgettext_lazy("redirect", "The season or the need is over")
    """Nothing can be spent on the need, or on any of the area, any more: what is not promised goes on."""


class Redirect(Proposal):
    """One redirect of a need's money to its area or to GENERAL, or of an area's own to GENERAL (ledger: REDIRECT when a
    second person approves).

    `over_minor` is what the proposal's check found to be over; `available_seen_minor` and `decision_snapshot` keep what
    the approver's check saw in the fund, so that the audit can repeat exactly that sum.
    """

    need = models.ForeignKey(Need, on_delete=models.PROTECT, null=True, related_name="redirects")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="redirects")
    """Where the area's own fund can't use what was given to it; then there is no need."""
    from_fund = models.CharField(max_length=40)
    to_fund = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    reason_code = models.CharField(max_length=20, choices=RedirectReason.choices)
    clause = models.ForeignKey(ClauseVersion, on_delete=models.PROTECT, related_name="+")
    over_minor = models.BigIntegerField()
    available_seen_minor = models.BigIntegerField(null=True)
    decision_snapshot = models.TextField(default="", blank=True)

    class Meta(Proposal.Meta):
        constraints = [
            *Proposal.Meta.constraints,
            CheckConstraint(
                condition=Q(need__isnull=False, area=None) | Q(need=None, area__isnull=False),
                name="redirect_of_a_need_or_an_area",
            ),
            CheckConstraint(condition=Q(amount_minor__gt=0), name="redirect_is_positive"),
            CheckConstraint(condition=Q(amount_minor__lte=F("over_minor")), name="redirect_within_what_is_over"),
            CheckConstraint(condition=~Q(from_fund=F("to_fund")), name="redirect_goes_elsewhere"),
            CheckConstraint(condition=Q(reason_code__in=RedirectReason.values), name="redirect_reason_is_known"),
        ]

    def __str__(self) -> str:
        return f"redirect:{self.pk}"

    @property
    def source(self) -> Need | Area:
        """Whose money goes on."""
        source = self.need or self.area
        assert source is not None  # the database refuses a redirect of neither
        return source


class RedirectTold(models.Model):
    """All donors whose gifts a redirect concerns have their mail in the outbox. Append-only; counts, no names."""

    redirect = models.OneToOneField(Redirect, on_delete=models.PROTECT, related_name="told")
    donors = models.PositiveIntegerField()
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"redirect_told:{self.redirect_id}"
