"""A reversal: a document or grant that was wrongly counted as spent is taken back, by a mirrored entry."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from aid_packages.models.document import SpendingDocument
from aid_packages.models.grant import Grant
from aid_packages.models.proposal import Proposal
from ledger.models import JournalEntry


class SpendingReversal(Proposal):
    """One document or grant taken back (ledger: REVERSAL, and COMMITMENT again where its envelope still stands)."""

    document = models.ForeignKey(SpendingDocument, on_delete=models.PROTECT, null=True, related_name="reversals")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, related_name="reversals")
    recommitment_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Proposal.Meta):
        constraints = [
            *Proposal.Meta.constraints,
            CheckConstraint(
                condition=Q(document=None, grant__isnull=False) | Q(document__isnull=False, grant=None),
                name="reversal_of_a_document_or_a_grant",
            ),
            UniqueConstraint(fields=["document"], condition=~Q(state="refused"), name="document_is_taken_back_once"),
            UniqueConstraint(fields=["grant"], condition=~Q(state="refused"), name="grant_is_taken_back_once"),
        ]

    def __str__(self) -> str:
        return f"reversal:{self.pk}"
