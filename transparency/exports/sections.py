"""All sections of a report, in the order in which they are read; and narrowed to what a reader asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from transparency.exports import of_books, of_help, of_money
from transparency.exports.model import Dimension, Section
from transparency.exports.naming import Content, Naming

BUILDERS = (
    of_help.story,
    of_help.story_items,
    of_money.lines,
    of_money.donors,
    of_books.flow,
    of_help.needs,
    of_money.funds,
    of_money.partners,
    of_money.regions,
    of_money.cohorts,
    of_help.unit_costs,
    of_help.packages,
    of_money.policy,
    of_money.year_on_year,
    of_help.deliveries,
    of_help.services,
    of_help.weeks,
    of_help.evidence,
    of_help.withheld,
    of_money.income_share,
    of_books.redirects,
    of_books.deficits,
    of_books.provider,
    of_books.payouts,
    of_books.accepted_differences,
    of_books.notes,
    of_books.note_sums,
    of_books.correction,
    of_books.correction_funds,
)
ALWAYS = frozenset({"funds", "partners", "regions"})
"""Said to be empty when they are; any other section without rows isn't shown. A cohort isn't divided by them at all."""
KEYS = (
    "story",
    "story_items",
    "lines",
    "donors",
    "flow",
    "needs",
    "funds",
    "partners",
    "regions",
    "cohorts",
    "unit_costs",
    "packages",
    "policy",
    "year_on_year",
    "deliveries",
    "services",
    "weeks",
    "evidence",
    "withheld",
    "income_share",
    "redirects",
    "deficits",
    "provider",
    "payouts",
    "accepted_differences",
    "notes",
    "note_sums",
    "correction",
    "correction_funds",
)
"""The names of the sections, in files and addresses."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader narrows a report to. Empty: the whole."""

    need: str = ""
    partner: str = ""
    region: str = ""

    def active(self) -> dict[Dimension, str]:
        """The chosen code by dimension."""
        chosen = {Dimension.NEED: self.need, Dimension.PARTNER: self.partner, Dimension.REGION: self.region}
        return {dimension: code for dimension, code in chosen.items() if code}

    def query(self) -> dict[str, str]:
        """As parameters of an address."""
        return {dimension.value: code for dimension, code in self.active().items()}


WHOLE = Wanted()


class NothingUnderThisName(Exception):
    """A filter names what the report doesn't know. Expected: addresses are typed and kept. `parameter`: which."""

    def __init__(self, *, parameter: str) -> None:
        super().__init__(f"{parameter} names nothing in this report")
        self.parameter = parameter


def sections_of(content: Content, *, wanted: Wanted = WHOLE) -> tuple[Section, ...]:
    """The sections of a report's content in the active language, narrowed to `wanted`.

    A section that can't be divided by what is wanted is left out. Raises NothingUnderThisName.
    """
    naming = Naming(content)
    whole = tuple(builder(content, naming) for builder in BUILDERS)
    active = wanted.active()
    known = choices_of(content)
    for dimension, code in active.items():
        if code not in known[dimension]:
            raise NothingUnderThisName(parameter=dimension.value)
    if not active:
        always = frozenset[str]() if content["report"]["kind"] == "cohort" else ALWAYS
        return tuple(section for section in whole if section.rows or section.key in always)
    narrowed = (narrow(section, active) for section in whole)
    return tuple(section for section in narrowed if section is not None)


def narrow(section: Section, active: Mapping[Dimension, str]) -> Section | None:
    """Only the rows about what is wanted; None when the section can't be divided by it or nothing is left."""
    by = {dimension: code for dimension, code in active.items() if dimension in section.by}
    rows = tuple(row for row in section.rows if all((dimension, code) in row.of for dimension, code in by.items()))
    return replace(section, rows=rows) if by and rows else None


def choices_of(content: Content) -> dict[Dimension, dict[str, str]]:
    """By what this report can be narrowed: codes and names, areas before their needs."""
    naming = Naming(content)
    funds = {fund["code"]: naming.fund(fund["code"]) for fund in content["funds"]}
    needs = {need["fund"]: naming.fund(need["fund"]) for need in content.get("needs", ())}
    partners = {partner["code"]: naming.partner(partner["code"]) for partner in content["partners"]}
    regions = {row["code"]: naming.region(row["code"]) for row in content["regions"]["rows"] if row["code"]}
    return {Dimension.NEED: funds | needs, Dimension.PARTNER: partners, Dimension.REGION: regions}


def left_out(content: Content, shown: Sequence[Section]) -> tuple[str, ...]:
    """The titles of sections that exist in the whole report and not among those shown."""
    keys = {section.key for section in shown}
    return tuple(section.title for section in sections_of(content) if section.key not in keys)
