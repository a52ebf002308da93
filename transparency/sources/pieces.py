"""Who gave each piece of what was given: one fund, one month, between two marks. Few people by number, more of them not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db import connection

from core.periods import previous_period
from transparency.method import SMALLEST_CELL, too_few

# Nearly always the first gifts are five people's; only of the others all are read. A piece that nobody gave to has no row.
# The sums with nothing keep the planner from walking all entries of the books to a piece's first gifts: it is to use the index
# of account and month.
GIVERS_OF_PIECES = """
    SELECT piece.place, count(*), array_agg(DISTINCT gift.donor_id) FILTER (WHERE gift.donor_id IS NOT NULL)
      FROM unnest(%(funds)s::text[], %(periods)s::int[], %(after)s::bigint[], %(upto)s::bigint[])
           WITH ORDINALITY AS piece(fund, period, after_entry, upto_entry, place)
      JOIN ledger_fund fund ON fund.code = piece.fund
      JOIN ledger_account account ON account.fund_id = fund.id AND account.use = 'gifts'
      CROSS JOIN LATERAL (
           SELECT entry_id FROM ledger_posting
            WHERE account_id = account.id AND period = piece.period
              AND entry_id + 0 > piece.after_entry AND entry_id + 0 <= piece.upto_entry
            LIMIT %(limit)s) posting
      LEFT JOIN LATERAL (
           SELECT donation.donor_id
             FROM ledger_journalentry entry
             JOIN payments_charge charge ON charge.ref = substring(entry.reference FROM 6) AND charge.outcome = 'gift'
             JOIN payments_donation donation ON donation.id = charge.donation_id
            WHERE entry.id = posting.entry_id AND entry.kind = 'gift' AND entry.reference LIKE 'gift:%%'
           OFFSET 0) gift ON true
     GROUP BY piece.place
"""
FIRST_GIFTS = 40
LAST_ENTRY = 2**62
"""A piece that ends with no mark ends here."""


@dataclass(frozen=True, order=True)
class Piece:
    """What was given to a fund and booked in a month by entries after one and up to another."""

    fund: str
    period: int
    after_entry: int
    upto_entry: int


def cut_up(*, funds: Iterable[str], periods: Iterable[int], marks: Iterable[tuple[int, int]]) -> list[Piece]:
    """Every fund's months, cut where a report of a running month (month, last entry) saw only a part of them: of its own month,
    and of the one before, which may have been open still.
    """
    cuts: dict[int, set[int]] = defaultdict(set)
    for month, entry in marks:
        for period in (month, previous_period(month)):
            cuts[period].add(entry)
    return [
        Piece(fund, period, after, upto)
        for period in periods
        for after, upto in pairwise([0, *sorted(cuts[period] - {0}), LAST_ENTRY])
        for fund in sorted(funds)
    ]


def sums_of(
    rows: Iterable[frozenset[str]],
    pieces: Iterable[Piece],
    *,
    first_period: int,
    last_period: int,
    upto_entry: int | None,
) -> list[frozenset[Piece]]:
    """Of each row, the pieces in its months and those before them, as far as the report knew them (None: all)."""
    known = [
        piece
        for piece in pieces
        if piece.period <= last_period and (upto_entry is None or piece.upto_entry <= upto_entry)
    ]
    of_fund: dict[str, list[Piece]] = defaultdict(list)
    for piece in known:
        of_fund[piece.fund].append(piece)
    sums = []
    for row in rows:
        held = [piece for fund in row for piece in of_fund[fund]]
        sums.append(frozenset(piece for piece in held if piece.period >= first_period))
        sums.append(frozenset(piece for piece in held if piece.period < first_period))
    return sums


def givers_of_pieces(pieces: Sequence[Piece]) -> dict[Piece, frozenset[int] | None]:
    """Of each piece that anybody gave to: who, or None for five people or more. Two queries."""
    found: dict[Piece, frozenset[int] | None] = {}
    unsure: list[Piece] = []
    for piece, gifts, donors in _asked(pieces, limit=FIRST_GIFTS):
        if gifts == FIRST_GIFTS and len(donors) < SMALLEST_CELL:
            unsure.append(piece)
        elif donors:
            found[piece] = donors if too_few(len(donors)) else None
    for piece, _gifts, donors in _asked(unsure, limit=None):
        if donors:
            found[piece] = donors if too_few(len(donors)) else None
    return found


def _asked(pieces: Sequence[Piece], *, limit: int | None) -> Iterable[tuple[Piece, int, frozenset[int]]]:
    if not pieces:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            GIVERS_OF_PIECES,
            {
                "funds": [piece.fund for piece in pieces],
                "periods": [piece.period for piece in pieces],
                "after": [piece.after_entry for piece in pieces],
                "upto": [piece.upto_entry for piece in pieces],
                "limit": limit,
            },
        )
        for place, gifts, donors in cursor.fetchall():
            yield pieces[place - 1], gifts, frozenset(donors or ())
