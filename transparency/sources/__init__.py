"""Where a report's sums come from: the books, the payments, the aid packages, each read at the mark."""

from transparency.sources.books import (
    books_have_begun,
    entries_after,
    fund_sums,
    open_months_with_movements,
    partner_sums,
)
from transparency.sources.material import read_material
from transparency.sources.names import read_names

__all__ = [
    "books_have_begun",
    "entries_after",
    "fund_sums",
    "open_months_with_movements",
    "partner_sums",
    "read_material",
    "read_names",
]
