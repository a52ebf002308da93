"""What a gift did."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import connection

from ledger.models import FundUse
from payments.models import Donation
from payments.operations.line_up import REFUND_WINDOW
from transparency.attribution.calendar import day_of, first_run_after
from transparency.attribution.lines import METHOD_VERSION
from transparency.attribution.share_kind import ShareKind, kind_of
from transparency.models import Report, ReportKind, ReportState

# The gift's places, and those to which a part of them moved; each with what was taken from it. Takings that count don't
# overlap, so one that begins before a place and reaches into it can only be the last before it: two walks of one index.
_TAKEN = """
    WITH RECURSIVE part (fund_id, start, ends, given_to, moved_in) AS (
        SELECT place.fund_id, place.start, place.start + place.length, place.fund_id, NULL::integer
          FROM attribution_lineplace place WHERE place.donation_id = %(donation)s
        UNION ALL
        SELECT onward.fund_id, onward.start + greatest(part.start, taking.start) - taking.start,
               onward.start + least(part.ends, taking.start + taking.length) - taking.start, part.given_to, entry.period
          FROM part
          CROSS JOIN LATERAL (
                SELECT inside.* FROM attribution_linetaking inside
                 WHERE inside.fund_id = part.fund_id AND inside.start >= part.start AND inside.start < part.ends
                   AND NOT EXISTS (SELECT FROM attribution_linefreeing f WHERE f.spending_id = inside.spending_id)
                UNION ALL
                (SELECT before.* FROM attribution_linetaking before
                  WHERE before.fund_id = part.fund_id AND before.start < part.start
                    AND NOT EXISTS (SELECT FROM attribution_linefreeing f WHERE f.spending_id = before.spending_id)
                  ORDER BY before.start DESC LIMIT 1)
               ) taking
          JOIN attribution_lineplace onward ON onward.moved_from_id = taking.id
          JOIN attribution_linespending spending ON spending.id = taking.spending_id
          JOIN ledger_journalentry entry ON entry.id = spending.entry_id
         WHERE taking.start + taking.length > part.start
    )
    SELECT part.start, part.ends, part.moved_in, fund.code, given.code,
           CASE WHEN above.parent_id IS NOT NULL THEN above.code ELSE fund.code END,
           spending.use, spending.to_fund_id IS NOT NULL, entry.period,
           CASE WHEN taking.id IS NULL THEN 0
                ELSE least(part.ends, taking.start + taking.length) - greatest(part.start, taking.start) END
      FROM part
      JOIN ledger_fund fund ON fund.id = part.fund_id JOIN ledger_fund given ON given.id = part.given_to
      LEFT JOIN ledger_fund above ON above.id = fund.parent_id
      LEFT JOIN LATERAL (
            SELECT inside.* FROM attribution_linetaking inside
             WHERE inside.fund_id = part.fund_id AND inside.start >= part.start AND inside.start < part.ends
               AND NOT EXISTS (SELECT FROM attribution_linefreeing f WHERE f.spending_id = inside.spending_id)
            UNION ALL
            (SELECT before.* FROM attribution_linetaking before
              WHERE before.fund_id = part.fund_id AND before.start < part.start
                AND NOT EXISTS (SELECT FROM attribution_linefreeing f WHERE f.spending_id = before.spending_id)
              ORDER BY before.start DESC LIMIT 1)
           ) taking ON taking.start + taking.length > part.start
      LEFT JOIN attribution_linespending spending ON spending.id = taking.spending_id
      LEFT JOIN ledger_journalentry entry ON entry.id = spending.entry_id
"""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a gift and what became of it, in grosze.

    `fund_code` is where it did so, `area` the area above it (itself, if it is one). `given_to` is the fund it was given to, if
    it moved from there. `report_slug` is the published report of that month, if there is one.
    """

    fund_code: str
    area: str
    kind: ShareKind
    period: int
    amount_minor: int
    report_slug: str | None
    given_to: str | None


@dataclass(frozen=True, slots=True)
class GiftAttribution:
    """What a gift did by now: its shares and what waits sum to its net. In grosze; days are Warsaw's.

    Before it stands on a line, `net` is empty and `lined_up_on` None; then `will_line_up_on` says when, unless nothing of it
    is left. `waiting` is by the fund in which it waits.
    """

    net: dict[str, int]
    shares: list[Share]
    waiting_minor: int
    waiting: dict[str, int]
    method_version: int
    lined_up_on: date | None
    will_line_up_on: date | None

    @property
    def net_minor(self) -> int:
        """All of what was attributed or waits."""
        return sum(self.net.values())


Lot = tuple[ShareKind, str, str, int, str | None]
"""Kind, fund, area, month and the fund it was given to: what makes two parts one share."""


def gift_attribution(*, donation_id: int) -> GiftAttribution | None:
    """What a gift did; None for one that was never received. Three queries, however much there is on the lines."""
    known = Donation.objects.filter(pk=donation_id).values_list("settled_at", "state", "lined_up__at").first()
    if known is None or known[0] is None:
        return None
    settled_at, state, lined_up_at = known
    if lined_up_at is None:
        gone = state in ("refunded", "lost")
        due = None if gone else first_run_after(settled_at + REFUND_WINDOW)
        return GiftAttribution({}, [], 0, {}, METHOD_VERSION, None, due)
    net, lots, waiting = _read(donation_id)
    slugs = _slugs({period for _, _, _, period, _ in lots})
    shares = [
        Share(fund, area, kind, period, amount, slugs.get(period), given_to)
        for (kind, fund, area, period, given_to), amount in lots.items()
    ]
    shares.sort(key=lambda share: (share.period, share.fund_code, share.kind))
    return GiftAttribution(net, shares, sum(waiting.values()), waiting, METHOD_VERSION, day_of(lined_up_at), None)


def _read(donation_id: int) -> tuple[dict[str, int], dict[Lot, int], dict[str, int]]:
    """Net by fund, amounts by what became of them, and what waits by fund."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, {"donation": donation_id})
        rows = cursor.fetchall()
    left: dict[tuple[str, int, int], int] = {}
    facts: dict[tuple[str, int, int], tuple[int | None, str, str]] = {}
    lots: defaultdict[Lot, int] = defaultdict(int)
    for start, ends, moved_in, fund, given, area, use, moves, period, length in rows:
        part = (fund, start, ends)
        facts[part] = (moved_in, given, area)
        left[part] = left.get(part, ends - start) - length
        if use is not None and not moves:
            lots[kind_of(use=FundUse(use)), fund, area, period, given if given != fund else None] += length
    net: defaultdict[str, int] = defaultdict(int)
    waiting: defaultdict[str, int] = defaultdict(int)
    for (fund, start, ends), amount in left.items():
        moved_in, given, area = facts[fund, start, ends]
        if moved_in is None:
            net[fund] += ends - start
        if fund == given:
            waiting[fund] += amount
        elif amount and moved_in is not None:
            lots[ShareKind.REDIRECTED, fund, area, moved_in, given] += amount
    return dict(net), dict(lots), {fund: amount for fund, amount in waiting.items() if amount}


def _slugs(periods: set[int]) -> dict[int, str]:
    months = Report.objects.filter(kind=ReportKind.MONTH, state=ReportState.PUBLISHED, first_period__in=periods)
    return dict(months.values_list("first_period", "slug"))
