"""The gifts that notes are made of: what each entry brought each fund, with the seed by which its donor finds it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, tee

from django.db import connection, transaction

from donors.operations.seal_seeds import gift_seeds
from ledger.models import Mark
from seal.operations import SealedGift, seal_notes
from seal.queries import notes_summary

# A gift of the shop hangs on its charge; money that came another way has no donor here, and its notes are looked for by nobody.
GIFTS = """
    SELECT charge_of.donor_id, entry.reference, fund.code, -sum(posting.amount_minor)::bigint
      FROM ledger_posting posting
      JOIN ledger_account account ON account.id = posting.account_id AND account.use = 'gifts'
      JOIN ledger_fund fund ON fund.id = account.fund_id
      JOIN ledger_journalentry entry ON entry.id = posting.entry_id
      LEFT JOIN LATERAL (
            SELECT donation.donor_id FROM payments_charge charge
              JOIN payments_donation donation ON donation.id = charge.donation_id
             WHERE entry.kind = 'gift' AND charge.ref = substr(entry.reference, 6)
           ) charge_of ON true
     WHERE posting.period = %(period)s AND posting.entry_id <= %(last_entry)s AND posting.amount_minor < 0
     GROUP BY charge_of.donor_id, entry.id, fund.code
     ORDER BY entry.id, fund.code
"""

TAKEN_BACK = """
    SELECT coalesce(sum(posting.amount_minor), 0)::bigint
      FROM ledger_posting posting
      JOIN ledger_account account ON account.id = posting.account_id AND account.use = 'gifts'
     WHERE posting.period = %(period)s AND posting.entry_id <= %(last_entry)s AND posting.amount_minor > 0
"""
AT_A_TIME = 5_000

Gift = tuple[int | None, str, str, int]
"""Donor or none, reference of the entry, fund, grosze."""


@dataclass(frozen=True)
class SealedNotes:
    """What stays of the notes beside the report: their root leads to the kept leaves. In grosze."""

    root: str | None
    leaves: int
    sum_minor: int
    taken_back: int


def seal_month(*, report: str, donee: str, period: int, mark: Mark, row_of: Mapping[str, str]) -> SealedNotes:
    """Breaks the month's gifts into notes and keeps their leaves. The same gifts give the same file.

    A note is of the row in which its fund is told (`row_of`): a fund of few donors isn't told apart by its notes either.
    A donor erased since gets a seed that is thrown away: nobody will look for these notes, and the sum still holds.
    """
    with transaction.atomic():
        summary = seal_notes(report=report, donee=donee, gifts=_sealed_gifts(period, mark, row_of))
    return SealedNotes(
        root=summary.root if summary.leaves else None,
        leaves=summary.leaves,
        sum_minor=summary.sum_minor,
        taken_back=taken_back(period=period, mark=mark),
    )


def counts_of(*, report: str, root: str | None) -> dict[str, dict[int, int]]:
    """How many notes of each kind were sealed: kept, since a donor's seed may be gone when the report is computed again."""
    summary = notes_summary(report=report, root=root) if root else None
    return summary.counts if summary else {}


def taken_back(*, period: int, mark: Mark) -> int:
    """What entries of the month took back of gifts (reversals), in grosze: notes are made of gifts alone."""
    with connection.cursor() as cursor:
        cursor.execute(TAKEN_BACK, {"period": period, "last_entry": mark.last_entry_id})
        return int(cursor.fetchone()[0])


def _sealed_gifts(period: int, mark: Mark, row_of: Mapping[str, str]) -> Iterator[SealedGift]:
    named, summed = tee(_by_row(_gifts(period, mark), row_of))
    seeds = gift_seeds(gifts=((donor_id, reference) for donor_id, reference, _, _ in named))
    for seed, (_, _, fund, amount) in zip(seeds, summed, strict=True):
        yield SealedGift(seed=seed, fund=fund, amount_minor=amount)


def _by_row(gifts: Iterator[Gift], row_of: Mapping[str, str]) -> Iterator[Gift]:
    """A gift's sums for funds that share a row, added up: it has one set of notes there."""
    for (donor_id, reference), parts in groupby(gifts, key=lambda gift: gift[:2]):
        sums: dict[str, int] = {}
        for _, _, fund, amount in parts:
            row = row_of.get(fund, fund)
            sums[row] = sums.get(row, 0) + amount
        for row, amount in sums.items():
            yield donor_id, reference, row, amount


def _gifts(period: int, mark: Mark) -> Iterator[Gift]:
    """(donor or None, reference, fund, grosze), streamed: a month may hold a million."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(GIFTS, {"period": period, "last_entry": mark.last_entry_id})
        while rows := cursor.fetchmany(AT_A_TIME):
            yield from rows
