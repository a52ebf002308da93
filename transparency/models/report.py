"""One report: what it is about, how far it has come, and its frozen content."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from transparency.models.campaign import Campaign
from transparency.models.choices import BuildStep, ReportKind, ReportState

PUBLIC_STATES = (ReportState.PUBLISHED, ReportState.SUPERSEDED)


class Report(models.Model):
    """A report of some months at a mark.

    Its content is a pure function of (kind, periods, campaign, mark, names and inputs at the mark, revision and what it
    corrects, accepted differences, method version), all of which stand on this row or hang on it and only grow. Once
    published, the database refuses every change of them.
    """

    kind = models.CharField(max_length=16, choices=ReportKind.choices)
    first_period = models.IntegerField()
    last_period = models.IntegerField()
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, related_name="reports")
    as_of = models.DateTimeField(null=True)
    """Asked for as of this past instant: the newest mark not after it is used."""
    revision = models.PositiveIntegerField()
    slug = models.CharField(max_length=40)
    method_version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=ReportState.choices, default=ReportState.REQUESTED)
    reason = models.CharField(max_length=500)
    corrects = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="corrected_by",
        verbose_name="the revision it corrects",
    )

    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(null=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    mark = models.ForeignKey("ledger.Mark", on_delete=models.PROTECT, null=True, related_name="+")
    names = models.JSONField(null=True)
    inputs = models.JSONField(null=True)
    """What stands beside the mark: last ids of the other rooms' tables, cells, the year before, notes (docs/reports.md)."""
    content = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    summary = models.JSONField(null=True)

    build_step = models.CharField(max_length=16, choices=BuildStep.choices, default=BuildStep.WAITING)
    progress_percent = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "first_period", "last_period", "campaign", "revision"],
                name="report_revision_is_unique",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(fields=["slug"], name="report_slug_is_unique"),
            models.UniqueConstraint(
                fields=["kind", "first_period", "last_period", "campaign"],
                condition=~Q(state__in=PUBLIC_STATES),
                name="report_one_open_for_its_months",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["kind", "first_period", "last_period", "campaign"],
                condition=Q(state=ReportState.PUBLISHED),
                name="report_one_published_for_its_months",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(first_period__lte=F("last_period")), name="report_months_in_order"),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="report_state_is_known"),
            models.CheckConstraint(condition=Q(kind__in=ReportKind.values), name="report_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind=ReportKind.CAMPAIGN, campaign__isnull=False)
                | (~Q(kind=ReportKind.CAMPAIGN) & Q(campaign__isnull=True)),
                name="report_of_a_campaign_names_it",
            ),
            models.CheckConstraint(condition=Q(progress_percent__lte=100), name="report_progress_is_a_percentage"),
            models.CheckConstraint(condition=~Q(reason=""), name="report_has_reason"),
            models.CheckConstraint(
                condition=~Q(state__in=PUBLIC_STATES)
                | (
                    Q(published_by__isnull=False)
                    & Q(published_at__isnull=False)
                    & Q(prepared_by__isnull=False)
                    & Q(mark__isnull=False)
                    & Q(content__isnull=False)
                    & ~Q(sha256="")
                ),
                name="report_published_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | (
                    ~Q(published_by=F("prepared_by"))
                    & (Q(requested_by__isnull=True) | ~Q(published_by=F("requested_by")))
                ),
                name="report_published_by_another",
            ),
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="report_by_state")]
        permissions = [("accept_difference", "Can accept a named difference in a report, under the cap")]

    def __str__(self) -> str:
        return self.slug
