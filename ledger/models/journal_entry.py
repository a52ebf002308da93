"""One event in the books."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from ledger.models.checks import is_month, one_of
from ledger.models.xid8 import CurrentXactId, Xid8Field


class EntryKind(models.TextChoices):
    """What happened. Debits and credits of each kind stand in docs/ledger.md."""

    OPENING = "opening", _("Opening")
    """The books start here: what each fund, account and unsettled advance held."""
    GIFT = "gift", _("Gift")
    """A donor's money arrived, gross, on the funds the donor chose."""
    UNMATCHED = "unmatched", _("Unmatched payment")
    """Money arrived that could not be placed; a GIFT or a REFUND resolves it."""
    PROCESSOR_FEE = "processor_fee", _("Processor's fee")
    """The payment provider kept its fee, split over the gift's funds."""
    SHARE = "share", _("Share for running costs")
    """A part of the gifts went to ADMIN under the policy shown before paying."""
    REFUND = "refund", _("Refund")
    """A gift, or a part of it, went back to its donor because we sent it."""
    CHARGEBACK = "chargeback", _("Chargeback")
    """A gift went back to its donor because the bank took it."""
    REDIRECT = "redirect", _("Redirect")
    """What a fund could not use went up the tree under the clause shown before paying."""
    LOSS_COVER = "loss_cover", _("Cover of a deficit")
    """GENERAL covered what a fund lacked."""
    COMMITMENT = "commitment", _("Commitment")
    """An allocation was approved: its amount is promised and can't be promised again."""
    RELEASE = "release", _("Release")
    """A promise was used up or given back."""
    ADVANCE = "advance", _("Advance")
    """Money went to a partner, who still has to account for it."""
    SETTLEMENT = "settlement", _("Settlement")
    """A partner's document was accepted: that part of the advance is spent."""
    RETURN = "return", _("Return of an advance")
    """A partner sent back what was left."""
    GRANT = "grant", _("Grant")
    """Money went to somebody for good, with nothing left to settle."""
    PURCHASE = "purchase", _("Purchase")
    """An own or reimbursed invoice was accepted: spent, and owed."""
    PAYMENT = "payment", _("Payment")
    """What was owed for an invoice left the bank."""
    PAYOUT = "payout", _("Payout")
    """The payment provider sent what it held for us to the bank."""
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    """Money moved between our own accounts, or a gift came straight to the bank."""
    BANK_FEE = "bank_fee", _("Bank fee")
    """The bank kept its fee."""
    INTEREST = "interest", _("Interest")
    """The bank paid interest."""
    IN_KIND = "in_kind", _("Gift in kind")
    """Goods or work were given and used, at their documented value."""
    CASH_COLLECTION = "cash_collection", _("Cash collection")
    """Cash from a collection was counted by a commission."""
    PIT_SHARE = "pit_share", _("Share of income tax")
    """Taxpayers' 1.5 % arrived from the tax office."""
    FX = "fx", _("Exchange difference")
    """What a change of exchange rate gained or lost."""
    REVERSAL = "reversal", _("Reversal")
    """An earlier entry was wrong or did not hold: its exact mirror."""


class JournalEntry(models.Model):
    """A balanced set of postings with one cause. It never changes; a correction is a new, mirrored entry."""

    reference = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=EntryKind)
    period = models.IntegerField()
    event_at = models.DateTimeField()
    booked_at = models.DateTimeField()
    txid = Xid8Field(db_default=CurrentXactId(), editable=False)
    reverses = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by", db_index=False
    )

    class Meta:
        verbose_name_plural = "journal entries"
        constraints = [
            CheckConstraint(condition=~Q(reference=""), name="entry_has_a_reference"),
            one_of("kind", EntryKind, name="entry_kind_is_known"),
            is_month("period", name="entry_period_is_a_month"),
            UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="entry_is_reversed_at_most_once"
            ),
        ]
        # Entries are added as time goes on: pages of which neither month nor time fits are left out, those of millions.
        indexes = [
            BrinIndex(fields=["period", "event_at"], name="entry_by_time", pages_per_range=32, autosummarize=True)
        ]

    def __str__(self) -> str:
        return self.reference
