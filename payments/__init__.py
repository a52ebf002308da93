"""Donations: from the donor's intent to the booked gift, its receipt and its refunds."""

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from payments.provider import Provider


def current_provider() -> "Provider":
    """The payment provider that the settings choose (`PAYMENT_PROVIDER`, a dotted path to its maker)."""
    make = import_string(getattr(settings, "PAYMENT_PROVIDER", "payments.stripe.from_settings"))
    return cast("Provider", make())
