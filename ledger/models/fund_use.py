"""What a fund's accounts are for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.account_kind import AccountKind


class FundUse(models.TextChoices):
    """Each fund has one account for each use; a report's lines are made of them."""

    OPENING = "opening", _("Opening balance")
    """What the fund held when the books began."""
    GIFTS = "gifts", _("Gifts")
    """What donors gave to this purpose, gross."""
    SHARE_IN = "share_in", _("Share received")
    """The part of other funds' gifts that came here under the policy on running costs."""
    REDIRECT_IN = "redirect_in", _("Redirected here")
    """What a fund below could not use and the clause shown before paying sent up here."""
    COVERED = "covered", _("Deficit covered")
    """What GENERAL gave so that this fund is not below zero."""
    FEES = "fees", _("Fees")
    """What the payment provider or the bank kept."""
    SHARE_OUT = "share_out", _("Share for running costs")
    """The part of the gifts that went to ADMIN under the policy shown before paying."""
    REFUNDS = "refunds", _("Refunds")
    """What went back to donors, refunds and lost disputes alike."""
    REDIRECT_OUT = "redirect_out", _("Redirected elsewhere")
    """What went up the tree, since it could not be used here."""
    LOSS_COVER = "loss_cover", _("Cover for another fund")
    """What this fund gave so that another is not below zero."""
    LOSSES = "losses", _("Losses")
    """What refunds and disputes cost beyond what was left of the gift."""
    SPENT = "spent", _("Spent")
    """What was turned into help: a document was accepted, not merely money sent."""
    ENCUMBERED = "encumbered", _("Committed")
    """What approved allocations have promised and not yet used up (memo)."""
    RESERVE = "reserve", _("Reserve for commitments")
    """The other side of ENCUMBERED, so that memo entries sum to zero too (memo)."""

    @property
    def account_kind(self) -> AccountKind:
        """Income adds to the fund, expense takes from it, memo does neither."""
        return _KINDS[self]


_INCOME = {FundUse.OPENING, FundUse.GIFTS, FundUse.SHARE_IN, FundUse.REDIRECT_IN, FundUse.COVERED}
_MEMO = {FundUse.ENCUMBERED, FundUse.RESERVE}
_KINDS = {
    use: AccountKind.INCOME if use in _INCOME else AccountKind.MEMO if use in _MEMO else AccountKind.EXPENSE
    for use in FundUse
}
