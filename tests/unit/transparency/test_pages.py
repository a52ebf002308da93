"""What the public reads: frozen content alone, the same figures in HTML, JSON and CSV."""

import csv
import io
import json
import re
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from core.models import User
from core.money import format_money
from tests.factories.transparency import NOVEMBER_16, Giving, make_published, pay_out, spend_through_partner
from transparency.exports import files
from transparency.figures.compose import FUND_COLUMNS, PARTNER_COLUMNS
from transparency.figures.lines import LINES
from transparency.figures.schema import validate
from transparency.models import Report, ReportKind
from transparency.pages.report_page import FIVE
from transparency.queries import published_reports

LATER = NOVEMBER_16.replace(day=20)


@pytest.fixture
def published(books: Giving, ada: User, bartek: User) -> Report:
    """October, with gifts to two funds, an advance and a document."""
    cache.clear()
    for _ in range(6):
        books.give(100_00)
    books.give(50_00, fund="GENERAL")
    pay_out(400_00)
    spend_through_partner(ada=ada, bartek=bartek, advance_minor=300_00, document_minor=180_00)
    return make_published(ada=ada, bartek=bartek)


def address(name: str, language: str = "en", **kwargs: str) -> str:
    with override(language):
        return reverse(f"reports:{name}", kwargs=kwargs)


def read(client: Client, name: str, slug: str, language: str = "en") -> str:
    response = client.get(address(name, language, slug=slug))
    assert response.status_code == 200
    return response.content.decode()


def text_of(html: str) -> str:
    """What a reader sees, with one kind of space."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_same_figures_in_json_csv_and_html(client: Client, published: Report) -> None:
    content = json.loads(read(client, "report_json", published.slug))
    validate(content)
    rows = list(csv.DictReader(io.StringIO(read(client, "report_csv", published.slug).removeprefix("\ufeff"))))
    in_csv = {(row["section"], row["code"], row["measure"]): row for row in rows}
    page = text_of(read(client, "report", published.slug))

    for line, amount in content["lines"].items():
        assert int(in_csv["lines", "", line]["amount_minor"]) == amount
    for line in (*LINES, *FIVE):
        assert plain(format_money(content["lines"][line], language="en")) in page
    for fund in content["funds"]:
        shown = [column for column in FUND_COLUMNS if any(other[column] for other in content["funds"])]
        for column in (*FUND_COLUMNS, "promised"):
            assert int(in_csv["funds", fund["code"], column]["amount_minor"]) == fund[column]
        cells = " ".join(plain(format_money(fund[column], language="en")) for column in shown)
        assert cells in page, f"the row of {fund['code']}"
        assert int(in_csv["funds", fund["code"], "donors_below"]["count"]) == fund["donors"]["below"]
    for partner in content["partners"]:
        for column in (*PARTNER_COLUMNS, "spent"):
            assert int(in_csv["partners", partner["code"], column]["amount_minor"]) == partner[column]
        cells = " ".join(plain(format_money(partner[column], language="en")) for column in PARTNER_COLUMNS)
        assert f"{partner['name']['en']} {cells}" in page
    for region in content["regions"]["rows"]:
        assert int(in_csv["regions", region["code"], "spent"]["amount_minor"]) == region["spent"]
        assert f"{region['name']['en']} {plain(format_money(region['spent'], language='en'))}" in page


def test_the_json_is_the_frozen_bytes(client: Client, published: Report) -> None:
    response = client.get(address("report_json", slug=published.slug))
    assert response.content == bytes(published.content or b"")
    assert response["ETag"].strip('"') in published.sha256
    assert published.sha256 in read(client, "report", published.slug)
    version = json.loads(response.content)["schema"][-1]
    assert address("schema", version=version) in response["Link"]


def test_no_page_asks_the_ledger(
    client: Client, published: Report, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for name, kwargs in (("list", {}), ("report", {"slug": published.slug}), ("report_csv", {"slug": published.slug})):
        with django_assert_max_num_queries(2) as queries:
            assert client.get(address(name, **kwargs)).status_code == 200
        assert all("transparency_report" in query["sql"] for query in queries.captured_queries)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_pages_speak_the_reader_s_language(client: Client, published: Report, language: str) -> None:
    page = read(client, "report", published.slug, language)
    assert f'lang="{language}"' in page
    assert {"pl": "aździernik 2026", "en": "October 2026"}[language] in page
    assert {"pl": "Zespół Terenowy", "en": "Zespół Terenowy"}[language] in page


def test_small_groups_are_not_counted(client: Client, published: Report) -> None:
    content = json.loads(read(client, "report_json", published.slug))
    donors = [fund["donors"] for fund in content["funds"]]
    assert {"from": 5, "below": 10} in donors
    assert all(band == {"from": 0, "below": 1} or band["from"] >= 5 for band in donors), "none stands for one to four"
    assert "at least 5" in text_of(read(client, "report", published.slug))


def test_nothing_of_a_donor_is_in_a_report(client: Client, published: Report) -> None:
    for name in ("report", "report_json", "report_csv"):
        body = read(client, name, published.slug)
        assert "donors.example.org" not in body
        assert "Kanark" not in body


def test_a_stranger_s_page_may_be_kept_and_is_asked_for_by_its_etag(client: Client, published: Report) -> None:
    first = client.get(address("report", slug=published.slug))
    assert "public" in first["Cache-Control"]
    assert "Set-Cookie" not in first
    again = client.get(address("report", slug=published.slug), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_page_for_somebody_with_a_cookie_is_theirs(client: Client, published: Report) -> None:
    client.cookies["basket"] = "1:somebody"
    response = client.get(address("report", slug=published.slug))
    assert "private" in response["Cache-Control"]


def test_what_is_not_published_is_nowhere(client: Client, published: Report, ada: User) -> None:
    hidden = [report.slug for report in Report.objects.exclude(pk=published.pk)]
    for name in ("report", "report_json", "report_csv"):
        for slug in (*hidden, "2026-09-r1", "2026-10-r2"):
            assert client.get(address(name, slug=slug)).status_code == 404
    assert client.get("/en/reports/2026-09/").status_code == 404


def test_the_lasting_address_leads_to_the_newest_revision(
    client: Client, published: Report, ada: User, bartek: User
) -> None:
    assert client.get("/en/reports/2026-10/")["Location"] == "/en/reports/2026-10-r1/"
    make_published(ada=ada, bartek=bartek, reason="a need was misnamed", at=LATER)
    assert client.get("/en/reports/2026-10/")["Location"] == "/en/reports/2026-10-r2/"
    old = text_of(read(client, "report", "2026-10-r1"))
    assert "There is a newer revision" in old
    new = text_of(read(client, "report", "2026-10-r2"))
    assert "This revision corrects 2026-10-r1. Reason: a need was misnamed" in new
    listed = client.get(address("list")).content.decode()
    assert "/en/reports/2026-10-r2/" in listed
    assert "/en/reports/2026-10-r1/" not in listed


def test_a_month_so_far_gives_way_to_the_month(client: Client, books: Giving, ada: User, bartek: User) -> None:
    october_20 = NOVEMBER_16.replace(month=10, day=20)
    make_published(ada=ada, bartek=bartek, kind=ReportKind.TO_DATE, at=october_20)
    assert [report.slug for report in published_reports()] == ["2026-10-to-date-r1"]
    assert client.get("/en/reports/to-date/")["Location"] == "/en/reports/2026-10-to-date-r1/"
    make_published(ada=ada, bartek=bartek)
    assert [report.slug for report in published_reports()] == ["2026-10-r1"]
    assert client.get(address("report", slug="2026-10-to-date-r1")).status_code == 200


def test_an_empty_list_says_what_to_do(client: Client, db: None) -> None:
    page = text_of(client.get(address("list")).content.decode())
    assert "No report is published yet" in page
    assert "How we work" in page


def test_the_schema_is_served(client: Client, published: Report) -> None:
    response = client.get(address("schema", version=json.loads(bytes(published.content or b""))["schema"][-1]))
    assert response["Content-Type"] == "application/schema+json"
    assert json.loads(response.content)["$id"] == json.loads(bytes(published.content or b""))["schema"]


def test_a_spreadsheet_is_not_told_to_run_a_name(client: Client, books: Giving, ada: User, bartek: User) -> None:
    report = make_published(ada=ada, bartek=bartek)
    content = json.loads(bytes(report.content or b""))
    content["partners"] = [
        {
            "code": "DEMO-FIELD",
            "name": {"pl": "=HYPERLINK()", "en": "=HYPERLINK()"},
            "documents": 0,
            "spent": 0,
            **dict.fromkeys(PARTNER_COLUMNS, -1),
        }
    ]
    with override("en"):
        table = files.csv_of(content, sha256="with a name that would run").decode()
    assert ",'=HYPERLINK(),opening,-1,-0.01,PLN" in table


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_can_be_sent_to_a_report(client: Client, published: Report, method: str) -> None:
    assert getattr(client, method)(address("report", slug=published.slug)).status_code in (403, 405)
