"""The ways on from a report: its files, and what checks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.template.defaultfilters import filesizeformat
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from transparency.exports.model import Section
from transparency.exports.sections import Wanted


@dataclass(frozen=True)
class FileLink:
    """One file: what it is, where it is, and a word about it."""

    label: str
    href: str
    note: str = ""


def files(*, slug: str, wanted: Wanted, size: int, schema: str) -> tuple[FileLink, ...]:
    """The whole report's files, narrowed as the page is; the canonical JSON is always the whole."""
    query = _query(wanted)

    def address(name: str) -> str:
        return reverse(f"reports:report_{name}", kwargs={"slug": slug}) + query

    schema_url = reverse("reports:schema", kwargs={"version": schema.rpartition(":")[2]})
    sections = reverse("api:sections", kwargs={"slug": slug}) + query
    return (
        FileLink(_("Document (PDF)"), address("pdf"), _("for reading and printing, also with a screen reader")),
        FileLink(_("Workbook (XLSX)"), address("xlsx"), _("a sheet for each table")),
        FileLink(_("One long table (CSV)"), address("csv"), _("a figure in each line")),
        FileLink(_("All tables (CSV in a ZIP file)"), address("zip")),
        FileLink(_("Tables for programs (JSON)"), sections),
        FileLink(_("Canonical JSON"), reverse("reports:report_json", kwargs={"slug": slug}), filesizeformat(size)),
        FileLink(_("What the fields mean (JSON Schema)"), schema_url),
    )


def section_files(*, slug: str, wanted: Wanted, sections: Sequence[Section]) -> tuple[FileLink, ...]:
    """Each section as a table of its own."""
    query = _query(wanted)
    return tuple(
        FileLink(section.title, reverse("reports:section_csv", kwargs={"slug": slug, "section": section.key}) + query)
        for section in sections
    )


def ways_to_check(*, slug: str, with_notes: bool) -> tuple[tuple[str, str], ...]:
    """Where a report is checked: what this house offers of it. `with_notes`: some stand in itself."""
    ways = (
        (_("Check a gift against this report"), optional("verify:page")),
        (_("All notes of this report, one after another"), optional("seal:notes", slug=slug) if with_notes else ""),
        (_("The newest signed checkpoint of the log"), optional("seal:checkpoint")),
        (_("A page that checks from your own disk (verify.html)"), optional("seal:verify_html")),
        (_("A script that checks from your own disk (verify.py)"), optional("seal:verify_py")),
    )
    return tuple((words, href) for words, href in ways if href)


def attribution_url() -> str:
    """Where the way of a gift is explained; empty where no page does."""
    return optional("attribution:how") or optional("reports:how")


def optional(name: str, **kwargs: str) -> str:
    """The address of a page, empty where there is none."""
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return ""


def _query(wanted: Wanted) -> str:
    return f"?{urlencode(wanted.query())}" if wanted.active() else ""
