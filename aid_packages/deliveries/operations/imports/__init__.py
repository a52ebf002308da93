"""Many rows at once from a spreadsheet: read, tried, shown, then booked all or nothing."""

from aid_packages.deliveries.operations.imports.columns import COLUMNS, column_names, template_rows
from aid_packages.deliveries.operations.imports.refusals import CellReason, Fault, FileReason, FileRefused
from aid_packages.deliveries.operations.imports.runs import (
    AlreadyImported,
    HasFaults,
    book_import,
    check_import,
    confirm_import,
    drop_import,
    hand_in,
    sweep_imports,
)
from aid_packages.deliveries.operations.imports.table import MOST_BYTES

__all__ = [
    "COLUMNS",
    "MOST_BYTES",
    "AlreadyImported",
    "CellReason",
    "Fault",
    "FileReason",
    "FileRefused",
    "HasFaults",
    "book_import",
    "check_import",
    "column_names",
    "confirm_import",
    "drop_import",
    "hand_in",
    "sweep_imports",
    "template_rows",
]
