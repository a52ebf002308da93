"""The journal as a table that an accountant can read."""

import re
from collections import defaultdict
from collections.abc import Mapping

from ledger.models import Posting

_HEADER = ("reference", "kind", "account", "debit", "credit")


def ledger_table(*, since_entry: int = 0, names: Mapping[str, str] | None = None) -> str:
    """The entries after `since_entry`, in the order they were booked: debits above credits, totals at the end.

    `names` replaces parts of references that differ between runs ({"ch_3Qx": "<charge>"}), the longest first, so that
    the table can be kept and compared. It holds no ids and no times.
    """
    rows = [_HEADER]
    totals: defaultdict[str, int] = defaultdict(int)
    last_entry = None
    postings = Posting.objects.filter(entry_id__gt=since_entry).select_related("entry", "account")
    for posting in sorted(postings, key=lambda each: (each.entry_id, each.amount_minor < 0, each.account.code)):
        first = posting.entry_id != last_entry
        last_entry = posting.entry_id
        debit, credit = max(posting.amount_minor, 0), max(-posting.amount_minor, 0)
        totals[posting.currency] += debit
        rows.append(
            (
                _renamed(posting.entry.reference, names or {}) if first else "",
                posting.entry.kind if first else "",
                posting.account.code,
                _amount(debit),
                _amount(credit),
            )
        )
    for currency, total in sorted(totals.items()):
        rows.append((f"total {currency}", "", "", _amount(total), _amount(total)))
    return _aligned(rows)


def _renamed(reference: str, names: Mapping[str, str]) -> str:
    """In one pass, so that what was put in is not replaced again."""
    if not names:
        return reference
    parts = "|".join(re.escape(part) for part in sorted(names, key=len, reverse=True))
    return re.sub(parts, lambda found: names[found[0]], reference)


def _amount(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}" if minor else ""


def _aligned(rows: list[tuple[str, str, str, str, str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column >= 3 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines) + "\n"
