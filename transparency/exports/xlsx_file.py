"""A report as a workbook: a sheet for each section, sums as numbers, heads that stay in sight, and nothing that runs."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from core.money import to_major
from transparency.exports.csv_files import ZIP_DAY
from transparency.exports.model import Column, Kind, Section, Value
from transparency.exports.values import shown

FORMATS = {Kind.MONEY: '#,##0.00\\ "zł";[Red]-#,##0.00\\ "zł"', Kind.COUNT: "#,##0", Kind.SHARE: "0.0%"}
DAY_FORMAT = "yyyy-mm-dd"
LONGEST_SHEET_NAME = 31
WIDEST, NARROWEST = 44, 12
_FOREST, _GOLD = "17452F", "E3A92B"
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


def workbook(
    *, about: Sequence[tuple[str, str]], about_title: str, sections: Sequence[Section], title: str, made_at: datetime
) -> bytes:
    """The workbook; its first sheet says what it is. The same input gives the same bytes.

    Text is written as text, whatever it begins with; no cell holds a formula. Sums are numbers in złoty.
    """
    book = Workbook(write_only=True)
    book.properties.title = title
    book.properties.creator = ""
    book.properties.created = book.properties.modified = made_at.replace(tzinfo=None)
    names = _sheet_names([about_title, *(section.title for section in sections)])
    _about_sheet(book.create_sheet(names[0]), about)
    for section, name in zip(sections, names[1:], strict=True):
        _section_sheet(book.create_sheet(name), section)
    out = io.BytesIO()
    book.save(out)
    return _always_the_same(out.getvalue(), made_at)


def _about_sheet(sheet: Any, about: Iterable[tuple[str, str]]) -> None:
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = 80
    for name, value in about:
        sheet.append([_text(sheet, name, bold=True), _text(sheet, value)])


def _section_sheet(sheet: Any, section: Section) -> None:
    sheet.freeze_panes = "B2" if section.columns[0].kind is Kind.TEXT else "A2"
    for place, width in enumerate(_widths(section), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_head(sheet, label) for column in section.columns for label in _labels(column)])
    for row in section.rows:
        sheet.append(list(_row(sheet, section.columns, row.cells, level=row.level)))
    together = section.together()
    if together is not None:
        sheet.append(list(_row(sheet, section.columns, together, bold=True)))


def _labels(column: Column) -> tuple[str, ...]:
    return (f"{column.label} ≥", f"{column.label} <") if column.kind is Kind.BAND else (column.label,)


def _row(
    sheet: WriteOnlyWorksheet, columns: Sequence[Column], values: Sequence[Value], *, level: int = 0, bold: bool = False
) -> Iterator[Cell]:
    for place, (column, value) in enumerate(zip(columns, values, strict=True)):
        if column.kind is Kind.BAND:
            for edge in value if isinstance(value, tuple) else (None, None):
                yield _number(sheet, edge, FORMATS[Kind.COUNT], bold=bold)
        elif isinstance(value, str):
            yield _text(sheet, value, bold=bold, indent=level if place == 0 else 0)
        elif isinstance(value, date):
            yield _number(sheet, value, DAY_FORMAT, bold=bold)
        elif isinstance(value, int):
            yield _number(sheet, _as_number(value, column.kind), FORMATS[column.kind], bold=bold)
        else:
            yield _number(sheet, None, "General", bold=bold)


def _as_number(value: int, kind: Kind) -> object:
    if kind is Kind.MONEY:
        return to_major(value)
    return to_major(value) / 10 if kind is Kind.SHARE else value


def _number(sheet: WriteOnlyWorksheet, value: Any, number_format: str, *, bold: bool) -> Cell:
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = number_format
    return _dressed(cell, bold=bold)


def _text(sheet: WriteOnlyWorksheet, value: str, *, bold: bool = False, indent: int = 0) -> Cell:
    """Text stays text: a name that begins like a formula isn't one (OWASP, CSV injection)."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=True, indent=indent)
    return _dressed(cell, bold=bold)


def _head(sheet: WriteOnlyWorksheet, label: str) -> Cell:
    cell = _text(sheet, label, bold=True)
    cell.border = Border(bottom=Side(style="medium", color=_FOREST))
    return cell


def _dressed(cell: Cell, *, bold: bool) -> Cell:
    if bold:
        cell.font = Font(bold=True)
        cell.border = Border(top=Side(style="thin", color=_GOLD))
    return cell


def _widths(section: Section) -> Iterator[int]:
    for place, column in enumerate(section.columns):
        longest = max((len(shown(row.cells[place], column.kind)) for row in section.rows), default=0)
        for _label in _labels(column):
            yield max(NARROWEST, min(WIDEST, max(longest, len(column.label)) + 3))


def _sheet_names(titles: Iterable[str]) -> list[str]:
    """Sheets are called by their titles, cut to what spreadsheets allow, and no two the same."""
    names: list[str] = []
    for title in titles:
        name = _FORBIDDEN_IN_NAMES.sub(" ", title).strip("'")[:LONGEST_SHEET_NAME].strip()
        while name.lower() in {known.lower() for known in names}:
            name = f"{name[: LONGEST_SHEET_NAME - 3]} {len(names)}"
        names.append(name)
    return names


def _always_the_same(workbook_bytes: bytes, made_at: datetime) -> bytes:
    """The parts packed anew without the hour of packing, which the library writes into each."""
    out = io.BytesIO()
    stamp = made_at.replace(tzinfo=None, microsecond=0).isoformat() + "Z"
    with (
        zipfile.ZipFile(io.BytesIO(workbook_bytes)) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, date_time=ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = made.read(name)
            if name == "docProps/core.xml":
                pattern = rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)"
                content = re.sub(pattern, rb"\g<1>" + stamp.encode() + rb"\g<2>", content)
            archive.writestr(entry, content)
    return out.getvalue()
