"""How well a spending document or a delivery is shown to be true, as it became known."""

from django.conf import settings
from django.db import models

from aid_packages.evidence.models.item import SubjectKind
from aid_packages.models import EvidenceGrade


class GradeEvent(models.Model):
    """A grade given after the document was accepted, or to a delivery. Append-only; the last one holds.

    `checked_by` names the organisation that checked independently, never a person.
    """

    subject_kind = models.CharField(max_length=10, choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    grade = models.CharField(max_length=30, choices=EvidenceGrade.choices)
    checked_by = models.CharField(max_length=120, blank=True, default="")
    request_key = models.CharField(max_length=100, unique=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="evidence_grade_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subject_kind__in=SubjectKind.values), name="grade_subject_is_known"
            ),
            models.CheckConstraint(condition=models.Q(grade__in=EvidenceGrade.values), name="grade_is_known"),
            models.CheckConstraint(
                condition=(models.Q(grade="independently_checked") & ~models.Q(checked_by=""))
                | (~models.Q(grade="independently_checked") & models.Q(checked_by="")),
                name="grade_checked_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_id} {self.grade}"
