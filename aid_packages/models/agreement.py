"""An agreement with a partner: what money may go there, until when, and whether its name may be printed."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from aid_packages.models.partner import Partner


class Agreement(models.Model):
    """One agreement. Append-only: what changes is agreed anew, under the next number.

    `areas` are the codes of the areas it is about; money of GENERAL may go there too. `cap_minor` bounds all envelopes
    approved under it, in grosze; none without a cap. `may_be_named` says whether the public may read the partner's name:
    the newest agreement's word counts, and without an agreement nobody is named. Nobody recorded what a catalogue file
    brought.
    """

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="agreements")
    number = models.CharField(max_length=40)
    signed_on = models.DateField()
    first_day = models.DateField()
    last_day = models.DateField()
    areas = ArrayField(models.CharField(max_length=40))
    cap_minor = models.BigIntegerField(null=True)
    may_be_named = models.BooleanField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    request_key = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            UniqueConstraint(fields=["partner", "number"], name="agreement_number_once_per_partner"),
            CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="agreement_runs_forward"),
            CheckConstraint(condition=Q(signed_on__lte=F("last_day")), name="agreement_signed_before_it_ends"),
            CheckConstraint(condition=Q(cap_minor=None) | Q(cap_minor__gt=0), name="agreement_cap_is_positive"),
            CheckConstraint(condition=Q(areas__len__gt=0), name="agreement_is_about_an_area"),
        ]

    def __str__(self) -> str:
        return f"agreement:{self.pk}"


class AgreementEnd(models.Model):
    """An agreement that ended before its last day. Append-only."""

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="ended")
    last_day = models.DateField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"agreement_end:{self.agreement_id}"
