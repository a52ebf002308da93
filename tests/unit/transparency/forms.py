"""Reads every form of a report back into the same shape: section, row, column, and the figure that stands there."""

import csv
import io
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser

from openpyxl import load_workbook
from pypdf import PdfReader

from transparency.exports.model import Kind, Section, Value
from transparency.exports.values import shown

Figures = list[list[object]]
"""The rows of a table; figures as integers (grosze, permille, counts), bands as pairs, words as words."""


def expected(section: Section) -> Figures:
    """What every form has to say."""
    return [[plain(value) for value in row.cells] for row in section.rows]


def plain(value: Value) -> object:
    """Blank is None, whatever stood there."""
    return value.isoformat() if isinstance(value, date) else value or (0 if value == 0 else None)


def from_csv(table: bytes, section: Section) -> Figures:
    """A section's own CSV."""
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    read: Figures = []
    for row in rows:
        cells: list[object] = []
        for column in section.columns:
            if column.kind is Kind.BAND:
                edges = row[f"{column.key}_from"], row[f"{column.key}_below"]
                cells.append((int(edges[0]), int(edges[1])) if all(edges) else None)
            else:
                cells.append(_from_text(row[column.key], column.kind))
        read.append(cells)
    return read


def from_zip(archive: bytes, section: Section) -> Figures:
    """The same CSV out of the archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return from_csv(opened.read(f"{section.key}.csv"), section)


def _from_text(text: str, kind: Kind) -> object:
    if text == "":
        return None
    if kind is Kind.MONEY:
        return int(Decimal(text) * 100)
    if kind is Kind.SHARE:
        return int(Decimal(text) * 1000)
    if kind is Kind.COUNT:
        return int(text)
    return text[1:] if text.startswith("'") else text


def from_workbook(workbook: bytes, place: int, section: Section) -> Figures:
    """The sheet at `place` (0 says what the file is)."""
    book = load_workbook(io.BytesIO(workbook))
    sheet = book.worksheets[place]
    read: Figures = []
    for row in sheet.iter_rows(min_row=2, max_row=1 + len(section.rows), values_only=True):
        values, cells = iter(row), []
        for column in section.columns:
            value: object = next(values)
            if column.kind is Kind.BAND:
                below = next(values)
                cells.append(None if value is None else (value, below))
            else:
                cells.append(_from_cell(value, column.kind))
        read.append(cells)
    return read


def _from_cell(value: object, kind: Kind) -> object:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat()
    scale = {Kind.MONEY: 100, Kind.SHARE: 1000}.get(kind, 1)
    return round(Decimal(str(value)) * scale)


def from_json(section: dict[str, object]) -> Figures:
    """A section as the API says it."""
    keys = [column["key"] for column in section["columns"]]  # type: ignore[attr-defined]  # JSON, as the schema says
    read: Figures = []
    for row in section["rows"]:  # type: ignore[attr-defined]  # as above
        values = [row["cells"][key] for key in keys]
        read.append([(each["from"], each["below"]) if isinstance(each, dict) else each for each in values])
    return read


class Tables(HTMLParser):
    """The text of every cell of a page, by the id of its table's region."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self._section, self._part, self._cell = "", "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if tag == "div" and (about.get("class") or "").startswith("report-table"):
            self._section = about.get("id") or ""
            self.rows[self._section] = []
        elif tag in ("thead", "tbody", "tfoot"):
            self._part = tag
        elif not self._section:
            return
        elif tag == "tr" and self._part == "tbody":
            self.rows[self._section].append([])
        elif tag in ("th", "td") and self._part == "tbody":
            self.rows[self._section][-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._cell = False
        elif tag == "tbody":
            self._part = ""
        elif tag == "table":
            self._section = ""

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[self._section][-1][-1] += data


def as_shown(section: Section) -> list[list[str]]:
    """What a reader sees of a section, on screen and on paper."""
    lean = section.without_zeros()
    return [
        [shown(value, column.kind) for column, value in zip(lean.columns, row.cells, strict=True)] for row in lean.rows
    ]


def pdf_text(document: bytes) -> str:
    """All words of the document, without any space: a column's width breaks lines where it likes."""
    reader = PdfReader(io.BytesIO(document))
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))
