"""One report as one table for spreadsheets: a line per figure, so that nothing depends on the width of a sheet."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from core.documents.tables import write_csv
from core.texts import in_language
from transparency.figures.compose import FUND_COLUMNS, PARTNER_COLUMNS

HEADER = ("section", "code", "name", "measure", "amount_minor", "amount", "currency", "count")
"""`amount_minor` in grosze, `amount` the same in złoty with a point; `count` where the measure counts things."""

Cells = tuple[object, ...]


def csv_of(content: Mapping[str, Any], *, language: str) -> str:
    """All figures of a report's content; names in `language`."""
    return write_csv(header=HEADER, rows=_rows(content, language))


def _rows(content: Mapping[str, Any], language: str) -> Iterator[Cells]:
    currency = content["currency"]

    def amount(section: str, code: str, name: str, measure: str, minor: int) -> Cells:
        return (section, code, name, measure, minor, Decimal(minor).scaleb(-2), currency, "")

    def count(section: str, code: str, name: str, measure: str, number: int) -> Cells:
        return (section, code, name, measure, "", "", "", number)

    def measured(section: str, row: Mapping[str, Any], code: str, name: str, keys: tuple[str, ...]) -> Iterator[Cells]:
        for key in keys:
            yield amount(section, code, name, key, row[key])
        yield count(section, code, name, "documents", row["documents"])

    for line, minor in content["lines"].items():
        yield amount("lines", "", "", line, minor)
    for edge in ("from", "below"):
        yield count("lines", "", "", f"donors_{edge}", content["donors"][edge])
    for fund in content["funds"]:
        name = in_language(fund["name"], language)
        yield from measured("funds", fund, fund["code"], name, (*FUND_COLUMNS, "promised"))
        for edge in ("from", "below"):
            yield count("funds", fund["code"], name, f"donors_{edge}", fund["donors"][edge])
    for partner in content["partners"]:
        name = in_language(partner["name"], language)
        yield from measured("partners", partner, partner["code"], name, (*PARTNER_COLUMNS, "spent"))
    yield from measured("own_purchases", content["own_purchases"], "", "", ("spent",))
    for region in content["regions"]["rows"]:
        name = in_language(region["name"], language) if region["name"] else ""
        yield from measured("regions", region, region["code"] or "", name, ("spent",))
    for grade in content["evidence"]:
        yield from measured("evidence", grade, grade["grade"], "", ("spent",))
    if content["correction"]:
        for line, minor in content["correction"]["difference"].items():
            yield amount("correction", content["correction"]["corrects"], "", line, minor)
