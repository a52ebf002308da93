"""A fund's movements, one by one."""

from dataclasses import dataclass
from datetime import datetime

from ledger.models import AccountKind, FundUse, Mark, Posting


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting of a fund: what it added (+) or took (-), and what the fund then held; minor units.

    A memo posting (commitments) adds nothing: `amount_minor` says what was promised (+) or released (-).
    """

    entry_id: int
    reference: str
    kind: str
    period: int
    event_at: datetime
    booked_at: datetime
    use: FundUse
    amount_minor: int
    balance_minor: int


def fund_statement(*, code: str, mark: Mark | None = None) -> list[StatementLine]:
    """All postings of a fund in the order they were booked, at a mark or now.

    Reserve postings, which mirror the committed ones, are left out.
    """
    postings = Posting.objects.filter(account__fund__code=code).exclude(account__use=FundUse.RESERVE)
    if mark:
        postings = postings.filter(entry_id__lte=mark.last_entry_id)
    balance_minor = 0
    lines = []
    for posting in postings.select_related("entry", "account").order_by("entry_id", "id"):
        memo = posting.account.kind == AccountKind.MEMO
        amount_minor = posting.amount_minor if memo else -posting.amount_minor
        balance_minor += 0 if memo else amount_minor
        lines.append(
            StatementLine(
                entry_id=posting.entry_id,
                reference=posting.entry.reference,
                kind=posting.entry.kind,
                period=posting.period,
                event_at=posting.entry.event_at,
                booked_at=posting.entry.booked_at,
                use=FundUse(posting.account.use),
                amount_minor=amount_minor,
                balance_minor=balance_minor,
            )
        )
    return lines
