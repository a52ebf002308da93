"""A report as CSV: a table for each section, and one long table with a line per figure."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from core.documents.tables import write_csv
from core.money import to_major
from transparency.exports.model import Column, Kind, Row, Section, Value

LONG_HEADER = ("section", "code", "name", "measure", "amount_minor", "amount", "currency", "count", "text")
"""`amount_minor` in grosze, `amount` the same in złoty with a point; `count` where things are counted, `text` the rest."""
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
"""The first day that a ZIP knows: the same figures give the same file, whenever it is made."""


def section_csv(section: Section) -> str:
    """One section: a column for each of its own, złoty with a point; a band as two columns."""
    return write_csv(
        header=["code", *(name for column in section.columns for name in _names(column))],
        rows=([row.code, *_flat(section.columns, row)] for row in section.rows),
    )


def long_csv(sections: Sequence[Section], *, currency: str) -> str:
    """All figures of all sections, one in a line, so that nothing depends on the width of a sheet."""
    return write_csv(
        header=LONG_HEADER,
        rows=(line for section in sections for row in section.rows for line in _lines(section, row, currency)),
    )


def zipped(sections: Sequence[Section]) -> bytes:
    """Every section's table in one file. The same sections give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for section in sections:
            entry = zipfile.ZipInfo(f"{section.key}.csv", date_time=ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, with_mark(section_csv(section)))
    return out.getvalue()


def with_mark(table: str) -> bytes:
    """The byte order mark tells spreadsheets that the names are UTF-8."""
    return b"\xef\xbb\xbf" + table.encode()


def _names(column: Column) -> tuple[str, ...]:
    return (f"{column.key}_from", f"{column.key}_below") if column.kind is Kind.BAND else (column.key,)


def _flat(columns: Sequence[Column], row: Row) -> Iterator[object]:
    for column, value in zip(columns, row.cells, strict=True):
        if column.kind is Kind.BAND:
            yield from value if isinstance(value, tuple) else ("", "")
        else:
            yield _plain(column, value)


def _plain(column: Column, value: Value) -> object:
    if isinstance(value, int):
        if column.kind is Kind.MONEY:
            return to_major(value)
        return Decimal(value).scaleb(-3) if column.kind is Kind.SHARE else value
    return value.isoformat() if isinstance(value, date) else value or ""


def _lines(section: Section, row: Row, currency: str) -> Iterator[Sequence[object]]:
    named = section.columns[0].kind is Kind.TEXT
    name = row.cells[0] if named else ""
    code = "" if section.named_by_row else row.code
    for column, value in list(zip(section.columns, row.cells, strict=True))[1 if named else 0 :]:
        measure = row.code if section.named_by_row else column.key
        start = (section.key, code, name, measure)
        if isinstance(value, tuple):
            for edge, number in zip(("from", "below"), value, strict=True):
                yield (*start[:3], f"{measure}_{edge}", "", "", "", number, "")
        elif isinstance(value, int) and column.kind is Kind.MONEY:
            yield (*start, value, to_major(value), currency, "", "")
        elif isinstance(value, int):
            yield (*start, "", "", "", value, "")
        elif value is not None:
            yield (*start, "", "", "", "", _plain(column, value))
