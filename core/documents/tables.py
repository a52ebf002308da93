"""Tables as CSV that a spreadsheet can open without being told to run anything."""

import csv
import io
from collections.abc import Iterable, Sequence

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection). Numbers stay so."""
    if isinstance(cell, str) and cell.lstrip().startswith(_STARTS_A_FORMULA):
        return "'" + cell
    return cell


def write_csv(*, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated values (RFC 4180, CRLF) with every cell neutralised."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (header, *rows):
        writer.writerow([neutral(cell) for cell in row])
    return out.getvalue()
