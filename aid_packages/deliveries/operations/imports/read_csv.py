"""CSV as spreadsheets in Poland write it: semicolons, commas in sums, a mark before the first letter, old code pages."""

import csv
import io

from aid_packages.deliveries.operations.imports.refusals import FileReason, FileRefused
from aid_packages.deliveries.operations.imports.table import MOST_CELLS, MOST_ROWS, Row, Table

DELIMITERS = ";,\t"
_OF_CP1250 = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ„”–—’…°€§\u00a0")
"""What a Polish list holds beyond ASCII. A file in another code page shows other signs when it is read as this one."""


def read_csv(content: bytes) -> Table:
    """The rows of a CSV file. Raises FileRefused."""
    text, encoding = _decoded(content)
    if "\x00" in text:
        raise FileRefused(FileReason.NOT_A_TABLE)
    header = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=header.count)
    rows: list[Row] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line=reader.line_num, cells=[cell.strip() for cell in cells[:MOST_CELLS]]))
            if len(rows) > MOST_ROWS + 1:
                raise FileRefused(FileReason.TOO_MANY_ROWS)
    except csv.Error as wrong:
        raise FileRefused(FileReason.NOT_A_TABLE) from wrong
    return Table(rows=rows, encoding=encoding)


def _decoded(content: bytes) -> tuple[str, str]:
    """UTF-8 with or without its mark, UTF-16 with its mark, or Windows-1250 where nothing speaks against it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), "utf-16"
        except UnicodeDecodeError as wrong:
            raise FileRefused(FileReason.ENCODING) from wrong
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1250")
    except UnicodeDecodeError as wrong:
        raise FileRefused(FileReason.ENCODING) from wrong
    if not all(sign.isascii() or sign in _OF_CP1250 for sign in text):
        raise FileRefused(FileReason.ENCODING)
    return text, "cp1250"
