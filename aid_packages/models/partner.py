"""An implementing partner: an organisation that receives money for a purpose and accounts for it."""

from django.conf import settings
from django.db import models

from aid_packages.models.area import Area


class Partner(models.Model):
    """Who helps with our money. Not Oscar's partner (the seller of stock), of which there is one row: us."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    areas = models.ManyToManyField(Area, related_name="partners")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z][A-Z0-9-]*$"), name="partner_code_is_upper_case"
            )
        ]

    def __str__(self) -> str:
        return self.code


class PartnerMember(models.Model):
    """A staff account that has a part in a partner, and so may not approve money for it, from a day to a day."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="partner_memberships")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "user"], condition=models.Q(until=None), name="member_has_one_open_part_in_a_partner"
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="member_part_runs_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.partner_id}"
