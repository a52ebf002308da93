"""The files of one report, each made once: their bytes depend on its sealed content, the language and what is wanted."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.documents.typst import render_png
from core.money import format_money
from transparency.exports import about
from transparency.exports.csv_files import long_csv, section_csv, with_mark, zipped
from transparency.exports.model import Section
from transparency.exports.pdf_file import report_pdf
from transparency.exports.sections import WHOLE, Wanted, sections_of
from transparency.exports.xlsx_file import workbook
from transparency.pages import words
from transparency.pages.kept import Kept
from transparency.pages.report_page import FIVE
from transparency.pages.story import story_of

Content = Mapping[str, Any]
_files: Kept[bytes] = Kept(most=48)
_sections: Kept[tuple[Section, ...]] = Kept(most=96)


def sections(content: Content, *, sha256: str, wanted: Wanted = WHOLE) -> tuple[Section, ...]:
    """The report's sections in the active language. Raises NothingUnderThisName."""
    return _sections.get((sha256, get_language(), wanted), lambda: sections_of(content, wanted=wanted))


def csv_of(content: Content, *, sha256: str, wanted: Wanted = WHOLE) -> bytes:
    """All figures, one in a line. Raises NothingUnderThisName."""
    found = sections(content, sha256=sha256, wanted=wanted)
    return with_mark(long_csv(found, currency=content["currency"]))


def section_csv_of(content: Content, *, sha256: str, key: str, wanted: Wanted = WHOLE) -> bytes | None:
    """One section's table; None when the report, or what is wanted of it, has no such section."""
    found = next((each for each in sections(content, sha256=sha256, wanted=wanted) if each.key == key), None)
    return with_mark(section_csv(found)) if found else None


def csv_zip_of(content: Content, *, sha256: str, wanted: Wanted = WHOLE) -> bytes:
    """Every section's table in one ZIP file."""
    return _file("zip", sha256, wanted, lambda: zipped(sections(content, sha256=sha256, wanted=wanted)))


def xlsx_of(content: Content, *, sha256: str, address: str, wanted: Wanted = WHOLE) -> bytes:
    """The workbook. `address`: where the report stands, written into it."""
    found = sections(content, sha256=sha256, wanted=wanted)
    return _file(
        "xlsx",
        sha256,
        wanted,
        lambda: workbook(
            about=about.facts(content, sha256=sha256, address=address, wanted=wanted),
            about_title=_("About this report"),
            sections=found,
            title=about.title_of(content),
            made_at=about.taken_at(content),
        ),
    )


def pdf_of(content: Content, *, sha256: str, address: str, day: date, wanted: Wanted = WHOLE) -> bytes:
    """The document. `day`: when the report was published."""
    found = sections(content, sha256=sha256, wanted=wanted)
    return _file(
        "pdf",
        sha256,
        wanted,
        lambda: _pdf(content, found, sha256=sha256, address=address, day=day, wanted=wanted),
    )


def share_image_of(content: Content, *, sha256: str) -> bytes:
    """A picture of 1200 × 630 pixels for those who pass the report on: its name and its five lines."""
    return _file("png", sha256, WHOLE, lambda: _share_image(content))


def _file(form: str, sha256: str, wanted: Wanted, make: Callable[[], bytes]) -> bytes:
    return _files.get((form, sha256, get_language(), wanted), make)


def _pdf(content: Content, found: Sequence[Section], *, sha256: str, address: str, day: date, wanted: Wanted) -> bytes:
    story = None if wanted.active() else story_of(content)
    five = () if wanted.active() else FIVE
    as_of = _("The books as they stood on %(moment)s.") % {"moment": about.in_warsaw(about.taken_at(content))}
    narrowed = about.narrowed_to(content, wanted)
    only = _("Only: %(what)s.") % {"what": narrowed} if narrowed else ""
    return report_pdf(
        title=about.title_of(content),
        donee=content["donee"],
        day=day,
        facts=about.facts(content, sha256=sha256, address=address, wanted=wanted),
        figures=[(figure.number, f"{figure.words} ({figure.traced})") for figure in story.figures] if story else (),
        five=[
            (str(words.LINE_LABELS[key]), format_money(content["lines"][key]), str(words.LINE_MEANINGS[key]))
            for key in five
        ],
        sections=found,
        texts={
            "lead": f"{only} {as_of}".strip(),
            "five": _("In five lines"),
            "together": _("Together"),
            "revision": _("Revision %(number)s") % {"number": content["report"]["revision"]},
            "page": _("page"),
            "of": _("of"),
            "method": _("Method and limits"),
            "method_text": words.method_in_words(
                version=content["method"]["version"],
                last_entry=content["mark"].get("last_entry"),
                band=content["method"]["donor_band"],
            ),
            "limits": [str(words.LIMITS.get(limit, limit)) for limit in content["limits"]],
            "about": _("About this report"),
        },
    )


def _share_image(content: Content) -> bytes:
    story = story_of(content)
    language = (get_language() or "pl").split("-")[0]
    lines = content["lines"]
    data = {
        "title": about.title_of(content),
        "house": _("Store Without Borders"),
        "donee": content["donee"]["name"],
        "figures": [(figure.number, figure.words) for figure in story.figures[:3]] if story else [],
        "lines": [(str(words.LINE_LABELS[key]), format_money(lines[key])) for key in FIVE],
        "foot": _("Reports that anyone can check"),
    }
    return render_png(template="share", data=data, language=language)
