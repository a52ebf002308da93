"""Money with a purpose."""

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from ledger.models.checks import one_of
from ledger.models.donee import Donee


class Restriction(models.TextChoices):
    """How far a fund's money is bound."""

    UNRESTRICTED = "unrestricted", _("Unrestricted")
    """The organisation decides where it is needed most."""
    DESIGNATED = "designated", _("Designated")
    """The organisation itself has set it aside, and may change its mind."""
    PURPOSE = "purpose", _("Bound to a purpose")
    """The donor chose the purpose: spent on it, or moved up the tree under the clause shown before paying."""


class Fund(models.Model):
    """A purpose. Funds form a tree, need -> area -> GENERAL; a fund never changes, so the tree has no cycles."""

    code = models.CharField(max_length=40, unique=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    restriction = models.CharField(max_length=20, choices=Restriction)
    donee = models.ForeignKey(Donee, on_delete=models.PROTECT, related_name="funds")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9]+(-[A-Z0-9]+)*$"), name="fund_code_is_upper_case"),
            CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="fund_is_not_its_own_parent"),
            one_of("restriction", Restriction, name="fund_restriction_is_known"),
        ]

    def __str__(self) -> str:
        return self.code
