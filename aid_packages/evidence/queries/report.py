"""What reports ask. Every row hangs on a ledger entry or on a row added under the lock that posting takes: the same mark
and the same last ids give the same answer for ever.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import ngettext

from aid_packages.evidence.models import WithheldReason
from core.money import format_money
from ledger.models import Mark

ITEMS, EVENTS, GRADES = "evidence_item", "evidence_event", "evidence_gradeevent"
_NO_LIMIT = 2**62


@dataclass(frozen=True)
class GradeRow:
    """Spending verified in one way: how many documents and grants, and their value in grosze, less what was taken back.

    What was accepted and taken back within the same months counts as none.
    """

    grade: str
    """A value of EvidenceGrade."""
    items: int
    value_minor: int
    checked_by: tuple[str, ...]
    """The organisations that checked independently, by name; empty for other grades."""


@dataclass(frozen=True)
class WithheldRow:
    """Evidence that is not shown for one reason. The value is that of the documents it belongs to, each counted once."""

    reason: str
    """A value of WithheldReason."""
    items: int
    value_minor: int


@dataclass(frozen=True)
class Sample:
    """A piece of evidence for a reviewer to open."""

    evidence_id: int
    title: str
    document_id: int | None
    grade: str


_SPENT = """
    SELECT 'document' AS kind, document.id, document.grade, entry.id AS entry_id, entry.period,
           document.own_share_minor AS amount_minor, 1 AS sign
      FROM aid_packages_spendingdocument document
      JOIN ledger_journalentry entry ON entry.id = document.entry_id
    UNION ALL
    SELECT 'grant', paid.id, paid.grade, entry.id, entry.period, paid.amount_minor, 1
      FROM aid_packages_grant paid
      JOIN ledger_journalentry entry ON entry.id = paid.entry_id
    UNION ALL
    SELECT CASE WHEN reversal.document_id IS NULL THEN 'grant' ELSE 'document' END,
           coalesce(document.id, paid.id), coalesce(document.grade, paid.grade), entry.id, entry.period,
           -coalesce(document.own_share_minor, paid.amount_minor), -1
      FROM aid_packages_spendingreversal reversal
      JOIN ledger_journalentry entry ON entry.id = reversal.entry_id
      LEFT JOIN aid_packages_spendingdocument document ON document.id = reversal.document_id
      LEFT JOIN aid_packages_grant paid ON paid.id = reversal.grant_id
"""
_GIVEN = """
    SELECT DISTINCT ON (subject_kind, subject_id) subject_kind, subject_id, grade, checked_by
      FROM evidence_gradeevent
     WHERE id <= %(grades)s
     ORDER BY subject_kind, subject_id, id DESC
"""
_IN_PERIOD = "spent.entry_id <= %(last_entry_id)s AND spent.period BETWEEN %(first_period)s AND %(last_period)s"

# What was accepted and taken back within the same months is none: neither counted nor named as a grade's.
_BY_GRADE = f"""
  WITH spent AS ({_SPENT}), given AS ({_GIVEN}),
       net AS (
           SELECT kind, id, grade, sum(sign) AS stands, sum(amount_minor) AS value FROM spent
            WHERE {_IN_PERIOD} GROUP BY kind, id, grade HAVING sum(sign) <> 0
       )
SELECT coalesce(given.grade, net.grade), count(*) FILTER (WHERE net.stands > 0), sum(net.value)::bigint,
       coalesce(array_agg(DISTINCT given.checked_by) FILTER (WHERE given.checked_by <> ''), ARRAY[]::varchar[])
  FROM net
  LEFT JOIN given ON given.subject_kind = net.kind AND given.subject_id = net.id
 GROUP BY 1
 ORDER BY 1
"""  # noqa: S608 -- put together from the constants above; figures are passed beside it

_WITHHELD = f"""
  WITH spent AS ({_SPENT}),
       worth AS (SELECT kind, id, sum(amount_minor)::bigint AS value FROM spent WHERE {_IN_PERIOD} GROUP BY 1, 2),
       last AS (
           SELECT DISTINCT ON (item_id) item_id, kind, reason FROM evidence_event
            WHERE id <= %(events)s ORDER BY item_id, id DESC
       ),
       hidden AS (
           SELECT item.subject_kind, item.subject_id, last.reason, count(*) AS items
             FROM evidence_item item JOIN last ON last.item_id = item.id AND last.kind <> 'released'
            WHERE item.id <= %(items)s
              AND (item.subject_kind <> 'delivery' OR item.period BETWEEN %(first_period)s AND %(last_period)s)
            GROUP BY 1, 2, 3
       )
SELECT hidden.reason, sum(hidden.items)::bigint, coalesce(sum(worth.value), 0)::bigint
  FROM hidden
  LEFT JOIN worth ON worth.kind = hidden.subject_kind AND worth.id = hidden.subject_id
 WHERE worth.id IS NOT NULL OR hidden.subject_kind = 'delivery'
 GROUP BY 1
 ORDER BY 1
"""  # noqa: S608 -- as above

_SAMPLES = f"""
  WITH spent AS ({_SPENT}), given AS ({_GIVEN}),
       last AS (
           SELECT DISTINCT ON (item_id) item_id, kind FROM evidence_event
            WHERE id <= %(events)s ORDER BY item_id, id DESC
       )
SELECT DISTINCT item.id, item.title, CASE WHEN spent.kind = 'document' THEN spent.id END,
       coalesce(given.grade, spent.grade), abs(spent.amount_minor)
  FROM spent
  JOIN evidence_item item ON item.subject_kind = spent.kind AND item.subject_id = spent.id AND item.id <= %(items)s
  JOIN last ON last.item_id = item.id AND last.kind <> 'erased'
  LEFT JOIN given ON given.subject_kind = spent.kind AND given.subject_id = spent.id
 WHERE {_IN_PERIOD}
 ORDER BY abs(spent.amount_minor) DESC, item.id
"""  # noqa: S608 -- as above

_LAST_IDS = """
SELECT (SELECT coalesce(max(id), 0) FROM evidence_item), (SELECT coalesce(max(id), 0) FROM evidence_event),
       (SELECT coalesce(max(id), 0) FROM evidence_gradeevent)
"""


def last_ids() -> dict[str, int]:
    """The last ids of what reports read of evidence, to be kept with a mark. One query."""
    return dict(zip((ITEMS, EVENTS, GRADES), _rows(_LAST_IDS, {})[0], strict=True))


def by_grade(
    *, first_period: int, last_period: int, mark: Mark | None = None, upto: Mapping[str, int] | None = None
) -> list[GradeRow]:
    """Accepted spending booked in the periods, by how it is verified; the sum of the values is what was spent. One query."""
    rows = _rows(_BY_GRADE, _facts(first_period, last_period, mark, upto))
    return [GradeRow(grade, items, value, tuple(names)) for grade, items, value, names in rows]


def withheld(
    *, first_period: int, last_period: int, mark: Mark | None = None, upto: Mapping[str, int] | None = None
) -> list[WithheldRow]:
    """What of the periods' evidence is not shown, by reason. A delivery has no value of its own here. One query."""
    return [WithheldRow(*row) for row in _rows(_WITHHELD, _facts(first_period, last_period, mark, upto))]


def samples_for_review(
    *,
    first_period: int,
    last_period: int,
    mark: Mark | None = None,
    upto: Mapping[str, int] | None = None,
    seed: str = "",
    limit: int = 6,
) -> list[Sample]:
    """Evidence for a reviewer to open: half of it of the greatest value, half drawn by `seed` (the report's name). One query.

    Drawn, so that nobody knows beforehand which small invoice will be looked at; by a seed, so that each reviewer of the
    same report sees the same.
    """
    found = [Sample(*row[:4]) for row in _rows(_SAMPLES, _facts(first_period, last_period, mark, upto))]
    largest, rest = found[: limit - limit // 2], found[limit - limit // 2 :]
    drawn = sorted(rest, key=lambda sample: hashlib.sha256(f"{seed}/{sample.evidence_id}".encode()).digest())
    return largest + drawn[: limit - len(largest)]


def withheld_words(*, reason: str, items: int, value_minor: int) -> str:
    """A row as a person reads it: "1 item withheld: safety (300,00 zł)"."""
    words = ngettext("%(count)s item withheld: %(why)s", "%(count)s items withheld: %(why)s", items)
    said = words % {"count": items, "why": WithheldReason(reason).label}
    return f"{said} ({format_money(value_minor)})" if value_minor else said


def _facts(first_period: int, last_period: int, mark: Mark | None, upto: Mapping[str, int] | None) -> dict[str, int]:
    known = upto or {}
    return {
        "first_period": first_period,
        "last_period": last_period,
        "last_entry_id": mark.last_entry_id if mark else _NO_LIMIT,
        "items": known.get(ITEMS, _NO_LIMIT),
        "events": known.get(EVENTS, _NO_LIMIT),
        "grades": known.get(GRADES, _NO_LIMIT),
    }


def _rows(sql: str, facts: Mapping[str, int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(facts))
        return list(cursor.fetchall())
