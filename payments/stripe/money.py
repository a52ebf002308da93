"""What happens to the money after it was given: disputes, payouts, warnings of fraud, and the provider's own books."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import stripe

from payments.provider import (
    DisputeFacts,
    DisputeStatus,
    FraudWarningFacts,
    MovementFacts,
    PayoutFacts,
    PayoutStatus,
)
from payments.stripe.errors import told_in_our_words
from payments.stripe.facts import movement_facts
from payments.stripe.recurring import PAGE
from payments.stripe.words import instant, known, ref_of

DISPUTE_STATUS = {
    "warning_needs_response": DisputeStatus.INQUIRY,
    "warning_under_review": DisputeStatus.INQUIRY_REVIEW,
    "warning_closed": DisputeStatus.INQUIRY_CLOSED,
    "needs_response": DisputeStatus.NEEDS_RESPONSE,
    "under_review": DisputeStatus.UNDER_REVIEW,
    # after a loss some networks allow one more answer: it is the same question again
    "appeal_needs_response": DisputeStatus.NEEDS_RESPONSE,
    "appeal_under_review": DisputeStatus.UNDER_REVIEW,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
    "prevented": DisputeStatus.PREVENTED,
}
PAYOUT_STATUS = {
    "pending": PayoutStatus.PENDING,
    "in_transit": PayoutStatus.IN_TRANSIT,
    "paid": PayoutStatus.PAID,
    "failed": PayoutStatus.FAILED,
    "canceled": PayoutStatus.CANCELLED,
}
PAYOUT_EXPAND = ["balance_transaction", "failure_balance_transaction"]


def dispute_facts(dispute: stripe.Dispute) -> DisputeFacts:
    """A dispute; its balance transactions always come with it."""
    details = dispute.evidence_details
    found = [movement_facts(row) for row in dispute.balance_transactions]
    return DisputeFacts(
        ref=dispute.id,
        status=known(DISPUTE_STATUS, dispute.status, "dispute.status"),
        amount_minor=dispute.amount,
        currency=dispute.currency.upper(),
        charge_ref=ref_of(dispute.charge),
        reason=dispute.reason,
        created_at=instant(dispute.created),
        answer_by=instant(details.due_by) if details.due_by is not None else None,
        answers=details.submission_count,
        livemode=dispute.livemode,
        movements=tuple(sorted((row for row in found if row is not None), key=lambda row: (row.created_at, row.ref))),
    )


def payout_facts(payout: stripe.Payout) -> PayoutFacts:
    """A payout, its balance transactions expanded or not."""
    return PayoutFacts(
        ref=payout.id,
        status=known(PAYOUT_STATUS, payout.status, "payout.status"),
        amount_minor=payout.amount,
        currency=payout.currency.upper(),
        automatic=payout.automatic,
        arrives_on=instant(payout.arrival_date).date(),
        created_at=instant(payout.created),
        reconciled=payout.reconciliation_status == "completed",
        failure=str(payout.failure_code or ""),
        livemode=payout.livemode,
        movement=movement_facts(payout.balance_transaction),
        failure_movement=movement_facts(payout.failure_balance_transaction),
    )


def fraud_warning_facts(warning: stripe.radar.EarlyFraudWarning) -> FraudWarningFacts:
    """An early fraud warning."""
    return FraudWarningFacts(
        ref=warning.id,
        charge_ref=ref_of(warning.charge),
        kind=warning.fraud_type,
        actionable=warning.actionable,
        created_at=instant(warning.created),
        livemode=warning.livemode,
    )


class MoneyAfterwards:
    """The part of the port that is about money after it was given."""

    if TYPE_CHECKING:
        _client: stripe.StripeClient

    def fetch_dispute(self, *, ref: str) -> DisputeFacts:
        """Retrieve a dispute."""
        with told_in_our_words():
            return dispute_facts(self._client.v1.disputes.retrieve(ref))

    def list_disputes(self, *, created_since: datetime) -> Iterator[DisputeFacts]:
        """List disputes, newest first."""
        with told_in_our_words():
            page = self._client.v1.disputes.list({"created": {"gte": int(created_since.timestamp())}, "limit": PAGE})
            for dispute in page.auto_paging_iter():
                yield dispute_facts(dispute)

    def answer_dispute(self, *, ref: str, text: str, idempotency_key: str) -> DisputeFacts:
        """Submit evidence as text. The bank sees nothing else of ours."""
        with told_in_our_words():
            dispute = self._client.v1.disputes.update(
                ref, {"evidence": {"uncategorized_text": text}, "submit": True}, {"idempotency_key": idempotency_key}
            )
        return dispute_facts(dispute)

    def accept_dispute(self, *, ref: str, idempotency_key: str) -> DisputeFacts:
        """Close a dispute."""
        with told_in_our_words():
            dispute = self._client.v1.disputes.close(ref, {}, {"idempotency_key": idempotency_key})
        return dispute_facts(dispute)

    def fetch_payout(self, *, ref: str) -> PayoutFacts:
        """Retrieve a payout."""
        with told_in_our_words():
            return payout_facts(self._client.v1.payouts.retrieve(ref, {"expand": PAYOUT_EXPAND}))

    def list_payouts(self, *, created_since: datetime) -> Iterator[PayoutFacts]:
        """List payouts, newest first."""
        with told_in_our_words():
            page = self._client.v1.payouts.list(
                {
                    "created": {"gte": int(created_since.timestamp())},
                    "limit": PAGE,
                    "expand": [f"data.{field}" for field in PAYOUT_EXPAND],
                }
            )
            for payout in page.auto_paging_iter():
                yield payout_facts(payout)

    def list_payout_parts(self, *, ref: str) -> Iterator[MovementFacts]:
        """List the balance transactions of an automatic payout."""
        with told_in_our_words():
            page = self._client.v1.balance_transactions.list({"payout": ref, "limit": PAGE})
            for row in page.auto_paging_iter():
                found = movement_facts(row)
                if found is not None and not (found.source_ref == ref and row.type == "payout"):
                    yield found

    def fetch_fraud_warning(self, *, ref: str) -> FraudWarningFacts:
        """Retrieve an early fraud warning."""
        with told_in_our_words():
            return fraud_warning_facts(self._client.v1.radar.early_fraud_warnings.retrieve(ref))

    def list_fraud_warnings(self, *, created_since: datetime) -> Iterator[FraudWarningFacts]:
        """List early fraud warnings, newest first."""
        with told_in_our_words():
            page = self._client.v1.radar.early_fraud_warnings.list(
                {"created": {"gte": int(created_since.timestamp())}, "limit": PAGE}
            )
            for warning in page.auto_paging_iter():
                yield fraud_warning_facts(warning)
