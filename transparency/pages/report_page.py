"""One report as a page: the same figures as its JSON, with words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.periods import WARSAW
from transparency.exports import about
from transparency.exports.model import Dimension, Section
from transparency.exports.naming import Naming
from transparency.exports.of_books import node_in_words
from transparency.exports.sections import WHOLE, Wanted, choices_of, left_out, sections_of
from transparency.pages import links, words
from transparency.pages.chart import BarRow, StackedRow, bars_of, bars_of_needs, stacked
from transparency.pages.flow import Flow, flow_of
from transparency.pages.links import FileLink
from transparency.pages.story import Story, story_of
from transparency.pages.tables import Table, table_of

FIVE = ("came_in", "fees_and_running_costs", "help_with_documents", "with_partners", "waiting")
MAIN = "help_with_documents"
CAME_AND_WENT = {
    "opening": 1,
    "came_in": 1,
    "given_back": -1,
    "fees_and_running_costs": -1,
    "help_with_documents": -1,
    "moved_out": -1,
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
class Choice:
    """One select of the filter: its name in the address, and what can be chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]
    """Code, name, whether it is chosen."""


@dataclass(frozen=True)
class ReportPage:
    """Everything the page shows. All of it comes from the frozen content and the list of revisions."""

    slug: str
    title: str
    kind: str
    months: str
    revision: int
    published_on: date | None
    """None in a preview."""
    taken_at: datetime
    """When the books were read, as a clock in Warsaw showed it."""
    sha256: str
    donee: Mapping[str, str]
    story: Story | None
    five: tuple[Line, ...]
    came_and_went: tuple[Line, ...]
    """What there was before and what changed it, outflows below zero: their sum is `closing`."""
    stands: tuple[Line, ...]
    """Where what there is now stands: the sum is `closing` too."""
    lines: Mapping[str, int]
    donors: str
    bars: list[BarRow]
    needs_bars: list[BarRow]
    cohort_bars: list[StackedRow]
    flow: Flow | None
    tables: Mapping[str, Table]
    narrowed: str
    """What it is narrowed to, in words; empty for the whole."""
    query: Mapping[str, str]
    choices: tuple[Choice, ...]
    left_out: tuple[str, ...]
    regions_withheld: bool
    limits: tuple[str, ...]
    method: tuple[str, ...]
    """How it was computed, a paragraph each."""
    correction: Mapping[str, Any] | None
    revisions: tuple[Revision, ...]
    superseded_by: str | None
    content_bytes: int
    notes: Mapping[str, Any] | None
    files: tuple[FileLink, ...]
    section_files: tuple[FileLink, ...]
    ways_to_check: tuple[tuple[str, str], ...]
    attribution_url: str

    @cached_property
    def body(self) -> SafeString:
        """The page between the frame's ends, made once: what it says can't change."""
        return render_to_string("pages/reports/_report.html", {"report": self})


def page_of(
    *,
    content: Mapping[str, Any],
    sha256: str,
    size: int,
    published_on: date | None,
    revisions: Sequence[Revision],
    superseded_by: str | None,
    wanted: Wanted = WHOLE,
) -> ReportPage:
    """The page of one report in the active language, narrowed to what is wanted. Raises NothingUnderThisName."""
    lines, occasion = content["lines"], content["report"]
    sections = sections_of(content, wanted=wanted)
    narrowed = about.narrowed_to(content, wanted)
    return ReportPage(
        slug=occasion["slug"],
        title=about.title_of(content),
        kind=occasion["kind"],
        months=about.months_of(content),
        revision=occasion["revision"],
        published_on=published_on,
        taken_at=about.taken_at(content).replace(tzinfo=None),
        sha256=sha256,
        donee=content["donee"],
        story=story_of(content),
        five=five_lines(lines),
        came_and_went=_came_and_went(lines),
        stands=_lines(lines, STANDS),
        lines=lines,
        donors=words.donors_in_words(content["donors"]),
        bars=bars_of(lines),
        needs_bars=bars_of_needs(content["funds"]),
        cohort_bars=stacked(content.get("cohorts", ())),
        flow=_flow(content),
        tables={section.key: table_of(section) for section in sections},
        narrowed=narrowed,
        query=wanted.query(),
        choices=_choices(content, wanted),
        left_out=left_out(content, sections) if narrowed else (),
        regions_withheld=content["regions"]["withheld"],
        limits=tuple(str(words.LIMITS.get(limit, limit)) for limit in content["limits"]),
        method=_method(content),
        correction=content["correction"],
        revisions=tuple(revisions),
        superseded_by=superseded_by,
        content_bytes=size,
        notes=content.get("notes"),
        **_links(content, wanted=wanted, size=size, sections=sections),
    )


def _links(content: Mapping[str, Any], *, wanted: Wanted, size: int, sections: Sequence[Section]) -> dict[str, Any]:
    """Where the page leads: its files, and how to check them."""
    slug, notes = content["report"]["slug"], content.get("notes") or {}
    return {
        "files": links.files(slug=slug, wanted=wanted, size=size, schema=content["schema"]),
        "section_files": links.section_files(slug=slug, wanted=wanted, sections=sections),
        "ways_to_check": links.ways_to_check(slug=slug, with_notes="denominations" in notes),
        "attribution_url": links.attribution_url(),
    }


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


def _came_and_went(lines: Mapping[str, int]) -> tuple[Line, ...]:
    """Outflows below zero; what moved to other purposes only where something did."""
    amounts = {key: sign * lines.get(key, 0) for key, sign in CAME_AND_WENT.items()}
    return _lines(amounts, (key for key in CAME_AND_WENT if key != "moved_out" or lines.get(key)))


def _flow(content: Mapping[str, Any]) -> Flow | None:
    naming = Naming(content)
    return flow_of(content.get("flow", ()), name=lambda node: node_in_words(dict(node), naming))


def _method(content: Mapping[str, Any]) -> tuple[str, ...]:
    about = content["method"]
    said = words.method_in_words(
        version=about["version"], last_entry=content["mark"].get("last_entry"), band=about["donor_band"]
    )
    return tuple(said)


def _lines(amounts: Mapping[str, int], keys: Iterable[str]) -> tuple[Line, ...]:
    return tuple(Line(key=key, label=str(words.LINE_LABELS[key]), amount_minor=amounts[key]) for key in keys)


def _choices(content: Mapping[str, Any], wanted: Wanted) -> tuple[Choice, ...]:
    """What the reader can narrow the report by: only what offers a choice."""
    chosen = wanted.query()
    known = choices_of(content)
    return tuple(
        Choice(
            name=dimension.value,
            label=str(words.FILTER_LABELS[dimension.value]),
            options=tuple((code, name, chosen.get(dimension.value) == code) for code, name in known[dimension].items()),
        )
        for dimension in Dimension
        if known[dimension]
    )
