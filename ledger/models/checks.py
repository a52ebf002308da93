"""CHECK constraints that several tables share."""

from django.db.models import CheckConstraint, Q
from django.db.models.enums import TextChoices


def one_of(field: str, choices: type[TextChoices], *, name: str) -> CheckConstraint:
    """The column holds a value of the enum, whoever writes it."""
    return CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


def is_month(field: str, *, name: str) -> CheckConstraint:
    """The column holds a calendar month such as 202611."""
    return CheckConstraint(condition=Q(**{f"{field}__regex": r"^2[0-9]{3}(0[1-9]|1[0-2])$"}), name=name)


def is_currency(field: str, *, name: str) -> CheckConstraint:
    """The column holds an ISO 4217 code."""
    return CheckConstraint(condition=Q(**{f"{field}__regex": r"^[A-Z]{3}$"}), name=name)
