"""From a file's bytes to rows of values, or to what is wrong with it."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from aid_packages.deliveries.models import ImportKind
from aid_packages.deliveries.operations.imports.cells import Value
from aid_packages.deliveries.operations.imports.columns import COLUMNS, Column
from aid_packages.deliveries.operations.imports.read_csv import read_csv
from aid_packages.deliveries.operations.imports.read_xlsx import looks_like_old_excel, looks_like_xlsx, read_xlsx
from aid_packages.deliveries.operations.imports.refusals import CellReason, CellRefused, Fault, FileReason, FileRefused
from aid_packages.deliveries.operations.imports.table import FORMULA, MOST_BYTES, MOST_ROWS, Row, Table
from core.documents.canonical import canonical_json

_FORMULA = re.compile(r"[=@]|[+-](?![0-9][0-9 .,]*$)")
"""What a spreadsheet would run; a signed number is none, and its column's reader says what is wrong with it."""
MOST_NAMED = 8


@dataclass(frozen=True)
class ReadFile:
    """What was read: {"line": 2, "cells": {"item": "boots", ...}} for each row, and what is wrong with them."""

    kind: ImportKind
    columns: list[str]
    rows: list[dict[str, Any]]
    encoding: str
    faults: list[Fault] = field(default_factory=list)

    @property
    def content_key(self) -> str:
        """The same rows of the same kind have the same key, whatever file they came in."""
        cells = [row["cells"] for row in self.rows]
        return hashlib.sha256(canonical_json({"kind": self.kind.value, "rows": cells})).hexdigest()


def read_file(*, kind: ImportKind, content: bytes) -> ReadFile:
    """Reads CSV or XLSX by its content, whatever it is called. Raises FileRefused."""
    if len(content) > MOST_BYTES:
        raise FileRefused(FileReason.TOO_BIG)
    if looks_like_old_excel(content):
        protected = "EncryptedPackage".encode("utf-16-le") in content
        raise FileRefused(FileReason.PROTECTED if protected else FileReason.OLD_EXCEL)
    table = read_xlsx(content) if looks_like_xlsx(content) else read_csv(content)
    return _typed(kind, table)


def _typed(kind: ImportKind, table: Table) -> ReadFile:
    if len(table.rows) < 2:
        raise FileRefused(FileReason.NO_ROWS)
    if len(table.rows) > MOST_ROWS + 1:
        raise FileRefused(FileReason.TOO_MANY_ROWS)
    header, *lines = table.rows
    placed = _placed(kind, header)
    faults: list[Fault] = []
    rows = [_row(placed, line, faults) for line in lines]
    return ReadFile(
        kind=kind,
        columns=[column.name for column in placed.values()],
        rows=rows,
        encoding=table.encoding,
        faults=faults,
    )


def _placed(kind: ImportKind, header: Row) -> dict[int, Column]:
    """Where each column stands. Raises FileRefused for what is unknown, doubled or missing."""
    known = {name: column for column in COLUMNS[kind] for name in (column.name, column.polish, column.english)}
    named = {place: " ".join(text.lower().split()) for place, text in enumerate(header.cells) if text.strip()}
    unknown = [header.cells[place] for place, name in named.items() if name not in known]
    if unknown:
        names = ", ".join("".join(sign for sign in name if sign.isprintable())[:40] for name in unknown[:MOST_NAMED])
        raise FileRefused(FileReason.UNKNOWN_COLUMNS, names=names)
    placed = {place: known[name] for place, name in named.items()}
    names_placed = [column.name for column in placed.values()]
    if len(set(names_placed)) != len(names_placed):
        raise FileRefused(FileReason.TWO_COLUMNS)
    missing = [column.polish for column in COLUMNS[kind] if column.needed and column.name not in names_placed]
    if missing:
        raise FileRefused(FileReason.MISSING_COLUMNS, names=", ".join(missing))
    return placed


def _row(placed: dict[int, Column], row: Row, faults: list[Fault]) -> dict[str, Any]:
    cells: dict[str, Value] = {}
    for place, column in placed.items():
        text = row.cells[place] if place < len(row.cells) else ""
        try:
            cells[column.name] = _value(column, text)
        except CellRefused as wrong:
            cells[column.name] = None
            faults.append(Fault(row.line, column.name, wrong.reason.value, dict(wrong.facts)))
    if any(text for place, text in enumerate(row.cells) if place not in placed):
        faults.append(Fault(row.line, "", CellReason.NOT_A_LINE.value))
    return {"line": row.line, "cells": cells}


def _value(column: Column, text: str) -> Value:
    if text == FORMULA or _FORMULA.match(text):
        raise CellRefused(CellReason.FORMULA)
    if not text:
        if column.needed:
            raise CellRefused(CellReason.MISSING)
        return None
    return column.read(text)
