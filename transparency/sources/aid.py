"""What the room of aid packages tells a report beside its documents: redirects, emergencies, needs and their packages."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Max

from aid_packages import queries
from aid_packages.models import AidPackage, Need, Redirect, RedirectTold
from aid_packages.queries.emergencies import EmergencyRow
from ledger.models import Mark
from transparency.figures.facts import Row

PREFIX = "aid_packages_"
TOLD = f"{PREFIX}redirecttold"

WITH_PARTNERS = """
    SELECT partner.code, sum(moved.amount_minor) FILTER (WHERE entry.period < %(first)s)::bigint, moved.what,
           sum(moved.amount_minor) FILTER (WHERE entry.period >= %(first)s)::bigint
      FROM (
            SELECT allocation_id, 'advanced' AS what, amount_minor, entry_id FROM aid_packages_advance
            UNION ALL
            SELECT allocation_id, 'returned', -amount_minor, entry_id FROM aid_packages_advancereturn
            UNION ALL
            SELECT split.allocation_id, 'accounted', -split.amount_minor, document.entry_id
              FROM aid_packages_documentsplit split
              JOIN aid_packages_spendingdocument document ON document.id = split.document_id
             WHERE document.settles = 'advance' AND document.entry_id IS NOT NULL
            UNION ALL
            SELECT split.allocation_id, 'accounted', split.amount_minor, reversal.entry_id
              FROM aid_packages_spendingreversal reversal
              JOIN aid_packages_spendingdocument document ON document.id = reversal.document_id
              JOIN aid_packages_documentsplit split ON split.document_id = document.id
             WHERE document.settles = 'advance' AND reversal.entry_id IS NOT NULL
           ) moved
      JOIN ledger_journalentry entry ON entry.id = moved.entry_id
      JOIN aid_packages_allocation allocation ON allocation.id = moved.allocation_id
      JOIN aid_packages_partner partner ON partner.id = allocation.partner_id
     WHERE entry.id <= %(last_entry)s AND entry.period <= %(last)s AND allocation.fund_code = ANY(%(funds)s)
     GROUP BY partner.code, moved.what
     ORDER BY partner.code
"""


def last_ids() -> dict[str, int]:
    """How far its tables went, those that hang on no entry."""
    told = RedirectTold.objects.aggregate(last=Max("pk"))["last"] or 0
    return {TOLD: told, **{f"{PREFIX}{name}": last for name, last in queries.last_ids().items()}}


def read_redirects(*, first_period: int, last_period: int, mark: Mark) -> list[Row]:
    """Redirects booked in the months, with the number of the clause that donors saw."""
    rows = queries.redirects(first_period=first_period, last_period=last_period, mark=mark)
    return [
        {
            "from": row.from_fund,
            "to": row.to_fund,
            "amount": row.amount_minor,
            "clause": str(row.clause_number),
            "reason": row.reason_code,
            "period": row.period,
        }
        for row in rows
    ]


def untold_redirects(
    *, first_period: int, last_period: int, mark: Mark, ids: Mapping[str, int]
) -> list[tuple[int, int]]:
    """(redirect, entry) of the months' redirects whose donors don't all have their mail yet, by the mark."""
    told = RedirectTold.objects.filter(pk__lte=ids.get(TOLD, 0)).values("redirect")
    rows = Redirect.objects.filter(
        entry__period__gte=first_period, entry__period__lte=last_period, entry_id__lte=mark.last_entry_id
    ).exclude(pk__in=told)
    return [(redirect, entry) for redirect, entry in rows.order_by("pk").values_list("pk", "entry_id") if entry]


def overdue_emergencies(*, mark: Mark, ids: Mapping[str, int]) -> list[EmergencyRow]:
    """Emergencies that nobody countersigned in time."""
    return queries.emergencies_overdue(at=mark.taken_at, last_id=ids.get(f"{PREFIX}countersignature", 0))


def partner_moves(
    *, first_period: int, last_period: int, mark: Mark, funds: frozenset[str]
) -> dict[str, dict[str, int]]:
    """Partner code -> opening, advanced, accounted and returned of the advances for some funds. One query, in grosze."""
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {"first": first_period, "last": last_period, "funds": sorted(funds)}
        facts["last_entry"] = mark.last_entry_id
        cursor.execute(WITH_PARTNERS, facts)
        partners: dict[str, dict[str, int]] = {}
        for code, before, what, within in cursor.fetchall():
            sums = partners.setdefault(code, {"opening": 0, "advanced": 0, "accounted": 0, "returned": 0})
            sums["opening"] += before or 0
            sums[what] += (within or 0) if what == "advanced" else -(within or 0)
    return partners


def aliases() -> dict[str, str]:
    """Partner code -> the code that may be printed, for those who asked not to be named."""
    return queries.unnamed_partners()


def need_facts() -> dict[str, Row]:
    """Fund code -> the need's goal in grosze, its season, and its packages as they are planned today."""
    packages: dict[int, list[dict[str, Any]]] = {}
    for package in AidPackage.objects.filter(public=True).order_by("sku"):
        about = {"sku": package.sku, "name": _both(package.title), "planned": package.amount_minor}
        packages.setdefault(package.need_id, []).append(about)
    return {
        need.fund_code: {
            "goal": need.goal_minor,
            "season": {"from": need.season_from.isoformat(), "to": need.season_to.isoformat()},
            "packages": packages.get(need.pk, []),
        }
        for need in Need.objects.order_by("fund_code")
    }


def _both(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: texts[language] for language in ("pl", "en")}
