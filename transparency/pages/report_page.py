"""One report as a page: the same figures as its JSON, with words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.periods import WARSAW
from transparency.pages import tables, words
from transparency.pages.chart import BarRow, bars_of
from transparency.pages.tables import Table

FIVE = ("came_in", "fees_and_running_costs", "help_with_documents", "with_partners", "waiting")
MAIN = "help_with_documents"
CAME_AND_WENT = {
    "opening": 1,
    "came_in": 1,
    "given_back": -1,
    "fees_and_running_costs": -1,
    "help_with_documents": -1,
}
STANDS = ("with_partners", "waiting")


@dataclass(frozen=True)
class Line:
    """One figure with its words, fit for the component five_lines."""

    key: str
    label: str
    amount_minor: int
    note: str = ""
    main: bool = False


@dataclass(frozen=True)
class Revision:
    """A revision of the same months, for the list of corrections."""

    slug: str
    number: int
    published_on: date
    is_this: bool
    is_newest: bool


@dataclass(frozen=True)
class ReportPage:
    """Everything the page shows."""

    slug: str
    title: str
    kind: str
    revision: int
    published_on: date | None
    """None in a preview."""
    taken_at: datetime
    """When the books were read, as a clock in Warsaw showed it."""
    sha256: str
    donee: Mapping[str, str]
    five: tuple[Line, ...]
    came_and_went: tuple[Line, ...]
    """What there was before and what changed it, outflows below zero: their sum is `closing`."""
    stands: tuple[Line, ...]
    """Where what there is now stands: the sum is `closing` too."""
    closing: int
    payment_fees: int
    running_costs: int
    given_back: int
    kept_for_running_costs: int
    donors: str
    bars: list[BarRow]
    funds: Table
    partners: Table
    regions: Table
    regions_withheld: bool
    evidence: Table
    limits: tuple[str, ...]
    last_entry: int
    method_version: int
    donor_band: int
    region_delay_days: int
    correction: Mapping[str, Any] | None
    difference: Table | None
    revisions: tuple[Revision, ...]
    superseded_by: str | None
    content_bytes: int


def page_of(
    *,
    content: Mapping[str, Any],
    sha256: str,
    size: int,
    published_on: date | None,
    revisions: Sequence[Revision],
    superseded_by: str | None,
) -> ReportPage:
    """The page of one report in the active language."""
    lines = content["lines"]
    about = content["report"]
    correction = content["correction"]
    return ReportPage(
        slug=about["slug"],
        title=words.title_of(kind=about["kind"], first_period=about["first_period"]),
        kind=about["kind"],
        revision=about["revision"],
        published_on=published_on,
        taken_at=datetime.fromisoformat(content["mark"]["taken_at"]).astimezone(WARSAW).replace(tzinfo=None),
        sha256=sha256,
        donee=content["donee"],
        five=five_lines(lines),
        came_and_went=_lines({key: sign * lines[key] for key, sign in CAME_AND_WENT.items()}, CAME_AND_WENT),
        stands=_lines(lines, STANDS),
        closing=lines["closing"],
        payment_fees=lines["payment_fees"],
        running_costs=lines["running_costs"],
        given_back=lines["given_back"],
        kept_for_running_costs=lines["waiting_for_running_costs"],
        donors=words.donors_in_words(content["donors"]),
        bars=bars_of(lines),
        funds=tables.fund_table(content["funds"]),
        partners=tables.partner_table(content["partners"], content["own_purchases"]),
        regions=tables.region_table(content["regions"]["rows"]),
        regions_withheld=content["regions"]["withheld"],
        evidence=tables.evidence_table(content["evidence"]),
        limits=tuple(str(words.LIMITS[limit]) for limit in content["limits"]),
        last_entry=content["mark"]["last_entry"],
        method_version=content["method"]["version"],
        donor_band=content["method"]["donor_band"],
        region_delay_days=content["method"]["region_delay_days"],
        correction=correction,
        difference=tables.difference(correction["difference"]) if correction else None,
        revisions=tuple(revisions),
        superseded_by=superseded_by,
        content_bytes=size,
    )


def on_day(moment: datetime) -> date:
    """The day in Warsaw."""
    return moment.astimezone(WARSAW).date()


def five_lines(lines: Mapping[str, int]) -> tuple[Line, ...]:
    """The five lines, each with what it means."""
    return tuple(
        Line(
            key=key,
            label=str(words.LINE_LABELS[key]),
            amount_minor=lines[key],
            note=str(words.LINE_MEANINGS[key]),
            main=key == MAIN,
        )
        for key in FIVE
    )


def _lines(amounts: Mapping[str, int], keys: Iterable[str]) -> tuple[Line, ...]:
    return tuple(Line(key=key, label=str(words.LINE_LABELS[key]), amount_minor=amounts[key]) for key in keys)
