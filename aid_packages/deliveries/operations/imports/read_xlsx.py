"""The first sheet of an XLSX workbook, read as a stream by a parser that expands no entities, after a look at its size."""

import io
import math
import zipfile
import zlib
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from aid_packages.deliveries.operations.imports.refusals import FileReason, FileRefused
from aid_packages.deliveries.operations.imports.table import FORMULA, MOST_CELLS, MOST_ROWS, Row, Table

MOST_UNPACKED = 30 * 1024 * 1024
MOST_PARTS = 200
MOST_TIMES_LARGER = 200
"""A sheet of like rows packs to a hundredth; a bomb to a thousandth."""
MOST_LINES = 10_000
"""A workbook can claim a row number of a million, and every row before it would be made."""
PACKED_AS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What the format of workbooks allows; the other ways of packing have errors and bombs of their own."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def looks_like_xlsx(content: bytes) -> bool:
    """Whether the content is a zip archive, as workbooks are."""
    return content.startswith(b"PK\x03\x04")


def looks_like_old_excel(content: bytes) -> bool:
    """Whether the content is an OLE file: an XLS, or an encrypted XLSX."""
    return content.startswith(_OLE)


def read_xlsx(content: bytes) -> Table:
    """The rows of the workbook's first sheet. Raises FileRefused."""
    if not openpyxl.DEFUSEDXML:
        raise RuntimeError("workbooks are read with defusedxml or not at all")
    _look_inside(content)
    try:
        workbook = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=False, keep_links=False, keep_vba=False
        )
        try:
            return Table(rows=_rows(workbook.worksheets[0]), encoding="xlsx")
        finally:
            workbook.close()
    except FileRefused:
        raise
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        IndexError,
        TypeError,
        AttributeError,
        ArithmeticError,
        NotImplementedError,
        EOFError,
        OSError,
    ) as wrong:
        raise FileRefused(FileReason.NOT_A_TABLE) from wrong
    except Exception as wrong:
        # The parser's own refusals (entities, broken XML) have no common ancestor; a defect of ours is none of theirs.
        if type(wrong).__module__.split(".")[0] in {"defusedxml", "xml", "openpyxl", "zlib", "lxml"}:
            raise FileRefused(FileReason.NOT_A_TABLE) from wrong
        raise


def _look_inside(content: bytes) -> None:
    """Raises FileRefused before anything is unpacked that is too large, or is a program."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as wrong:
        raise FileRefused(FileReason.NOT_A_TABLE) from wrong
    if any(part.flag_bits & 0x1 for part in parts):
        raise FileRefused(FileReason.PROTECTED)
    if any(part.compress_type not in PACKED_AS for part in parts):
        raise FileRefused(FileReason.NOT_A_TABLE)
    names = [part.filename.lower() for part in parts]
    if any("vbaproject" in name or "externallink" in name or name.endswith((".bin", ".exe")) for name in names):
        raise FileRefused(FileReason.MACROS)
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    overlapping = len(set(names)) != len(names)
    too_large = unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS or unpacked > MOST_TIMES_LARGER * max(packed, 1)
    if overlapping or too_large:
        raise FileRefused(FileReason.BOMB)
    sheets = [part for part in parts if part.filename.lower().startswith("xl/worksheets/")]
    if not sheets:
        raise FileRefused(FileReason.NOT_A_TABLE)
    if any(_holds_merged_cells(content, sheet) for sheet in sheets):
        raise FileRefused(FileReason.MERGED)


def _holds_merged_cells(content: bytes, sheet: zipfile.ZipInfo) -> bool:
    """Whether the sheet merges cells. Read as a stream, they would be told by nothing but their emptiness."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"mergeCell " in archive.read(sheet)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError) as wrong:
        raise FileRefused(FileReason.NOT_A_TABLE) from wrong


def _rows(sheet: Any) -> list[Row]:
    rows: list[Row] = []
    for line, cells in enumerate(sheet.iter_rows(max_col=MOST_CELLS), start=1):
        texts = [_text(cell) for cell in cells]
        if any(texts):
            rows.append(Row(line=line, cells=texts))
        if line > MOST_LINES or len(rows) > MOST_ROWS + 1:
            raise FileRefused(FileReason.TOO_MANY_ROWS)
    return rows


def _text(cell: Any) -> str:
    """A cell as somebody would have typed it."""
    value = cell.value
    if value is None:
        return ""
    if getattr(cell, "data_type", "") == "f":
        return FORMULA
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, date):
        return value.isoformat()[:10]  # a day that a sheet shows is often an instant inside
    return str(value).strip()


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(abs(value))  # "inf": no number, and not to be mistaken for a formula by its sign
    exact = Decimal(repr(value))
    return str(int(exact)) if exact == exact.to_integral_value() else format(exact, "f")
