"""The columns of each kind of file: their names in English and Polish, what stands in them, an example for the template."""

from dataclasses import dataclass

from aid_packages.deliveries.models import ImportKind, Origin, ValueBasis
from aid_packages.deliveries.operations.imports import cells
from aid_packages.models import EvidenceGrade, Settles


@dataclass(frozen=True)
class Column:
    """One column. `name` is what the code calls it; `polish` and `english` are taken in a header."""

    name: str
    polish: str
    english: str
    read: cells.Reader
    example: str
    needed: bool = True


_ITEM = Column("item", "rzecz", "item", cells.code, "sleeping-bag")
_FUND = Column("fund", "potrzeba", "need", cells.fund, "warm-night")
_REGION = Column("region", "region", "region", cells.code, "north")
_WEEK = Column("week", "tydzień", "week", cells.week, "2026-W41")
_UNITS = Column("units", "sztuk", "units", cells.whole, "12")
_PEOPLE = Column("people", "osób", "people", cells.whole, "", needed=False)
_NATIONALITIES = Column("nationalities", "narodowości", "nationalities", cells.whole, "", needed=False)
_ALLOCATION = Column("allocation", "przydział", "allocation", cells.whole, "", needed=False)

_ORIGINS = cells.choice(Origin, {"kupione": "bought", "darowane": "in_kind", "in kind": "in_kind"})
_BASES = cells.choice(
    ValueBasis,
    {"faktura": "invoice", "cennik": "price_list", "price list": "price_list", "wycena": "appraisal"},
)
_SETTLES = cells.choice(Settles, {"zaliczka": "advance", "zakup": "purchase"})
_GRADES = cells.choice(EvidenceGrade, {"widzieliśmy fakturę": "invoice_seen", "potwierdza partner": "partner_attested"})

COLUMNS: dict[ImportKind, tuple[Column, ...]] = {
    ImportKind.LOTS: (
        _ITEM,
        _UNITS,
        Column("cost", "koszt", "cost", cells.money, "1548,00"),
        Column("origin", "pochodzenie", "origin", _ORIGINS, "kupione"),
        Column("document", "dokument", "document", cells.line(most=60), "FV/2026/10/17", needed=False),
        Column("basis", "podstawa wyceny", "value basis", _BASES, "", needed=False),
        _FUND,
        _REGION,
        _WEEK,
        Column("use_by", "ważne do", "use by", cells.month, "2027-12", needed=False),
    ),
    ImportKind.DELIVERIES: (
        Column("together", "razem", "together", cells.line(most=40), "1", needed=False),
        _ITEM,
        _UNITS,
        _FUND,
        _REGION,
        _WEEK,
        _PEOPLE,
        _NATIONALITIES,
        _ALLOCATION,
    ),
    ImportKind.SERVICES: (
        Column("item", "usługa", "service", cells.code, "legal-consultation"),
        Column("units", "ile", "units", cells.whole, "6"),
        _FUND,
        _REGION,
        _WEEK,
        _PEOPLE,
        _NATIONALITIES,
        _ALLOCATION,
    ),
    ImportKind.DOCUMENTS: (
        Column("allocation", "przydział", "allocation", cells.whole, "12"),
        Column("settles", "rozlicza", "settles", _SETTLES, "zaliczka"),
        Column("issuer_nip", "nip", "nip", cells.line(most=20), "5252344078", needed=False),
        Column("country", "kraj", "country", cells.fund, "", needed=False),
        Column("issuer_id", "numer zagraniczny", "foreign number", cells.line(most=60), "", needed=False),
        Column("issuer_name", "wystawca", "issuer", cells.line(most=120), "Sklep turystyczny", needed=False),
        Column("number", "numer", "number", cells.line(most=60), "FV/2026/11/3"),
        Column("issued_on", "data wystawienia", "issued on", cells.day, "2026-11-05"),
        Column("total", "kwota", "total", cells.money, "1250,50"),
        Column("own_share", "nasza część", "our share", cells.money, "", needed=False),
        Column("funder", "resztę zapłacił", "the rest paid by", cells.line(most=120), "", needed=False),
        Column("grade", "weryfikacja", "verified", _GRADES, "invoice_seen", needed=False),
    ),
}


def column_names(*, kind: ImportKind, language: str) -> list[str]:
    """The header of a file, as the template has it."""
    return [column.polish if language == "pl" else column.english for column in COLUMNS[kind]]


def template_rows(*, kind: ImportKind, language: str) -> list[list[str]]:
    """The header and one example."""
    return [column_names(kind=kind, language=language), [column.example for column in COLUMNS[kind]]]
