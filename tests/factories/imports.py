"""Files to import, as spreadsheets in Poland write them."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from aid_packages.deliveries.models import ImportKind
from aid_packages.deliveries.operations.imports import column_names

KINDS = ImportKind


def csv_of(header: Sequence[str], *rows: Sequence[object], delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """A CSV file."""
    lines = [delimiter.join(str(cell) for cell in row) for row in (header, *rows)]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def xlsx_of(header: Sequence[str], *rows: Sequence[Any]) -> bytes:
    """An XLSX workbook with one sheet."""
    book = Workbook()
    sheet = book.active
    for row in (header, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zip_of(**parts: bytes) -> bytes:
    """A zip archive of these parts; two underscores in a name stand for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def with_part(workbook: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one part put in, or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def deliveries_csv(*rows: Sequence[object], **how: Any) -> bytes:
    """Deliveries under Polish heads: razem, rzecz, sztuk, potrzeba, region, tydzień, osób, narodowości, alokacja."""
    return csv_of(column_names(kind=ImportKind.DELIVERIES, language="pl"), *rows, **how)
