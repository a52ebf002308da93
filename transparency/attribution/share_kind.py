"""What became of a part of a gift."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from ledger.models import FundUse


class ShareKind(TextChoices):
    """What became of a part of a gift, in the words of its donor's page."""

    SPENT = "spent", pgettext_lazy("share of a gift", "turned into help")
    """A document was accepted for it."""
    REDIRECTED = "redirected", pgettext_lazy("share of a gift", "moved, and waiting there")
    """The fund it was given to could not use it, or it covered another's deficit; it stands on that fund's line now."""
    COST = "cost", pgettext_lazy("share of a gift", "costs")
    """It paid a fee that belongs to no gift, such as the bank's."""
    LOSS = "loss", pgettext_lazy("share of a gift", "losses")
    """It made good for what went back to other donors after their gifts had been attributed, or was taken back."""


_COSTS = {FundUse.FEES, FundUse.SHARE_OUT}


def kind_of(*, use: FundUse) -> ShareKind:
    """What a spending of this use is for those whose gifts it took from."""
    if use == FundUse.SPENT:
        return ShareKind.SPENT
    return ShareKind.COST if use in _COSTS else ShareKind.LOSS
