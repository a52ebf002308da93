"""The legal entity whose books these are."""

from django.db import models
from django.db.models import CheckConstraint, Q


class Donee(models.Model):
    """Who receives the money: a row, so that a second one can follow. It stands on every fund, account and receipt."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    krs = models.CharField(max_length=10)
    nip = models.CharField(max_length=10)
    address = models.CharField(max_length=300)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(krs__regex=r"^[0-9]{10}$"), name="donee_krs_has_ten_digits"),
            CheckConstraint(condition=Q(nip__regex=r"^[0-9]{10}$"), name="donee_nip_has_ten_digits"),
            CheckConstraint(condition=~Q(name=""), name="donee_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.code
