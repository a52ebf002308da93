"""Page, CSV, ZIP, workbook, document and JSON say the same, figure by figure; and nothing of the content is left out."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from tests.factories.report_pages import publish, sample, sample_of_a_year
from tests.unit.transparency import forms
from transparency.exports import files
from transparency.exports.model import Section
from transparency.exports.sections import KEYS, Wanted, sections_of
from transparency.figures.schema import validate
from transparency.models import Report

pytestmark = pytest.mark.django_db
FILTERS = [{}, {"need": "FOREST"}, {"partner": "DEMO-FIELD"}, {"region": "north"}, {"need": "LEGAL", "region": "north"}]
NO_FIGURES = {"mark", "method", "report", "schema", "limits", "donee", "currency", "sha256", "root", "period"}
"""Parts of the content that say which report it is, not what it counts. `period` is printed as a month's name."""


@pytest.fixture
def report() -> Report:
    """A published month with something in every section."""
    return publish(sample())


def ask(
    client: Client,
    name: str,
    report: Report,
    language: str = "en",
    *,
    query: dict[str, str] | None = None,
    **parts: str,
) -> bytes:
    with override(language):
        address = reverse(name, kwargs={"slug": report.slug, **parts})
    response = client.get(address, query or {})
    assert response.status_code == 200, address
    return response.content


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("wanted", FILTERS, ids=lambda wanted: "+".join(wanted) or "whole")
def test_every_figure_is_the_same_in_every_form(
    client: Client, report: Report, language: str, wanted: dict[str, str]
) -> None:
    with override(language):
        sections = sections_of(sample(), wanted=Wanted(**wanted))
        shown = {section.key: forms.as_shown(section) for section in sections}
    archive, book = (ask(client, f"reports:report_{form}", report, language, query=wanted) for form in ("zip", "xlsx"))
    paper = forms.pdf_text(ask(client, "reports:report_pdf", report, language, query=wanted))
    told = json.loads(ask(client, "api:sections", report, query=wanted | {"language": language}))["sections"]
    page = forms.Tables(ask(client, "reports:report", report, language, query=wanted).decode()).rows
    assert [each["key"] for each in told] == [section.key for section in sections]
    assert len(load_workbook(io.BytesIO(book)).worksheets) == 1 + len(sections)
    for place, section in enumerate(sections):
        figures = forms.expected(section)
        table = ask(client, "reports:section_csv", report, language, query=wanted, section=section.key)
        assert forms.from_csv(table, section) == figures, section.key
        assert forms.from_zip(archive, section) == figures, section.key
        assert forms.from_workbook(book, 1 + place, section) == figures, section.key
        assert forms.from_json(told[place]) == figures, section.key
        for cells in shown[section.key]:
            for cell in cells:
                assert re.sub(r"\s+", "", cell) in paper, (section.key, cell)
        if section.key in page:
            assert page[section.key] == shown[section.key], section.key
    if not wanted:
        assert set(shown) - set(page) == {"story", "story_items", "donors"}, "told in words on the page"
    else:
        assert set(shown) == set(page)


def test_the_long_table_holds_every_figure(client: Client, report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(ask(client, "reports:report_csv", report).decode("utf-8-sig"))))
    with override("en"):
        sections = sections_of(sample())
    for section in sections:
        read = [row for row in rows if row["section"] == section.key]
        told = [int(row["amount_minor"] or row["count"]) for row in read if row["amount_minor"] or row["count"]]
        assert told == list(figures_of(section)), section.key


def figures_of(section: Section) -> Iterator[int]:
    for row in section.rows:
        for value in row.cells:
            if isinstance(value, tuple):
                yield from value
            elif isinstance(value, int):
                yield value


def test_nothing_that_the_content_counts_is_left_out() -> None:
    """Each figure of the canonical JSON stands in a section of its name, or in one that is made from it."""
    content = sample()
    validate(content)
    with override("en"):
        sections = sections_of(content)
    told = [number for section in sections for number in figures_of(section)]
    words = " ".join(
        cell for section in sections for row in section.rows for cell in row.cells if isinstance(cell, str)
    )
    in_words = {int(number) for number in re.findall(r"\b[0-9]+\b", words)}
    notes = {content["notes"]["leaves"]: "the sum of the counts of the notes"}
    missing = [each for each in leaves(content) if each[1] not in {*told, *in_words, *notes}]
    assert missing == []
    assert {section.key for section in sections} == set(KEYS), "the sample has something in every section"


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in NO_FIGURES:
                yield from leaves(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path, value


def test_a_year_tells_its_story_first_and_traces_it(client: Client) -> None:
    page = ask(client, "reports:report", publish(sample_of_a_year())).decode()
    told = ("story-title", "five-title", "became-title", "needs-title", "files-title")
    places = [page.index(f'id="{part}"') for part in told]
    assert places == sorted(places)
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "63 acts of help" in words
    assert "85 or more people, where we really counted" in words
    assert "9 nationalities among them" in words
    assert "Counted from 30 deliveries and 33 services" in words
    assert "1 item withheld: safety" in words
    for anchor in re.findall(r'href="#([a-z_-]+)"', page):
        assert f'id="{anchor}"' in page, anchor


def test_a_report_of_the_first_method_still_shows(client: Client) -> None:
    content = sample(slug="2026-08-r1", first_period=202608, last_period=202608, revision=1)
    kept = ("lines", "donors", "donee", "currency", "partners", "own_purchases", "regions", "limits")
    about = {key: content["report"][key] for key in ("kind", "first_period", "last_period", "revision", "slug")}
    old = {key: content[key] for key in kept} | {
        "schema": "urn:store-without-borders:report:1",
        "report": about,
        "mark": {key: content["mark"][key] for key in ("id", "last_entry", "taken_at")},
        "method": {"version": 1, "donor_band": 5, "region_delay_days": 14},
        "funds": [{key: value for key, value in fund.items() if key != "merged"} for fund in content["funds"]],
        "evidence": [{key: row[key] for key in ("grade", "spent", "documents")} for row in content["evidence"]],
        "correction": None,
        "limits": content["limits"][:3],
    }
    old["lines"] = {key: amount for key, amount in content["lines"].items() if key != "moved_out"}
    validate(old)
    report = publish({**old, "method": old["method"]} | {"lines": old["lines"] | {"moved_out": 0}})
    for name in ("reports:report", "reports:report_pdf", "reports:report_xlsx", "reports:report_zip", "api:sections"):
        assert ask(client, name, report)


def test_a_workbook_runs_nothing_and_counts_in_numbers(client: Client) -> None:
    content = sample()
    content["partners"][0]["name"] = dict.fromkeys(("pl", "en"), '=HYPERLINK("https://elsewhere.example")')
    book = load_workbook(io.BytesIO(ask(client, "reports:report_xlsx", publish(content))))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}, "text and numbers, no formula"
    partners = book["Partners"]
    assert partners["A2"].value.startswith("=HYPERLINK")
    assert partners["B2"].value == 1000
    assert "zł" in partners["B2"].number_format
    assert partners.freeze_panes == "B2"


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_document_is_tagged_titled_and_lasting(client: Client, report: Report, language: str) -> None:
    reader = PdfReader(io.BytesIO(ask(client, "reports:report_pdf", report, language)))
    root = reader.trailer["/Root"].get_object()
    assert isinstance(root, DictionaryObject)
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert {"pl": "Październik 2026", "en": "October 2026"}[language] in str(reader.metadata.title).capitalize()
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfuaid:part>\s*1\s*<", metadata), "PDF/UA-1"
    assert re.search(r"<pdfaid:part>\s*2\s*<", metadata), "PDF/A-2"
    assert re.search(r"<pdfaid:conformance>\s*A\s*<", metadata), "PDF/A-2a"
    tags = set(tags_in(root["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/Table", "/TR", "/TH", "/TD", "/P"} <= tags


def tags_in(node: Any) -> Iterator[str]:
    found = node.get_object()
    if isinstance(found, list):
        for each in found:
            yield from tags_in(each)
    elif isinstance(found, dict):
        if "/S" in found:
            yield str(found["/S"])
        if "/K" in found:
            yield from tags_in(found["/K"])


@pytest.mark.parametrize("form", ["csv", "zip", "xlsx", "pdf"])
def test_a_file_is_the_same_whenever_it_is_made(client: Client, report: Report, form: str) -> None:
    first = ask(client, f"reports:report_{form}", report)
    files._files.clear()
    assert ask(client, f"reports:report_{form}", report) == first
    if form in ("zip", "xlsx"):
        assert {entry.date_time[0] for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {1980}


@pytest.mark.parametrize("wrong", [{"need": "NOWHERE"}, {"partner": "FOREST"}, {"region": "x" * 65}])
def test_a_filter_that_names_nothing_finds_nothing(client: Client, report: Report, wrong: dict[str, str]) -> None:
    for name in ("report", "report_csv", "report_zip", "report_xlsx", "report_pdf"):
        assert (
            client.get(
                f"/en/reports/{report.slug}/{'' if name == 'report' else name.replace('_', '.')}", wrong
            ).status_code
            == 404
        )


def test_the_picture_to_share_is_a_picture(client: Client, report: Report) -> None:
    picture = ask(client, "reports:share_image", report)
    assert picture.startswith(b"\x89PNG\r\n")
    assert (int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")) == (1200, 630)
    page = ask(client, "reports:report", report).decode()
    assert re.search(r'<meta property="og:image" content="http[^"]+/en/reports/2026-10-r2/share\.png">', page)
