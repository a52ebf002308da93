"""How many of a package: what is refused, in a sentence for its place."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shop.forms.fields import QuantityField


def too_many(limit: int) -> str:
    """The sentence for more than one donation may hold."""
    return _("At most %(limit)s of this package in one donation.") % {"limit": limit}


def refusal_of(typed: str, *, limit: int) -> str:
    """Why this quantity can't be taken; empty if it can."""
    try:
        quantity = QuantityField().clean(typed)
    except ValidationError as refused:
        return str(refused.messages[0])
    return too_many(limit) if quantity > limit else ""
