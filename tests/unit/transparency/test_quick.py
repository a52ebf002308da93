"""A public report is quick, because what can't change is made once, and never more of it is kept than was said."""

import gzip
import time

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories.report_pages import publish, sample, sample_of_a_year
from transparency.models import Report, ReportState
from transparency.pages.kept import Kept

MOST_MILLISECONDS = 15
PACKED = {"accept-encoding": "gzip, br"}


@pytest.fixture
def report(db: None) -> Report:
    """A year with something in every section."""
    return publish(sample_of_a_year())


def test_a_public_page_takes_few_milliseconds(client: Client, report: Report) -> None:
    took = []
    for _time in range(15):
        begun = time.process_time()
        assert client.get(f"/pl/reports/{report.slug}/", headers=PACKED).status_code == 200
        took.append((time.process_time() - begun) * 1000)
    assert min(took) <= MOST_MILLISECONDS, (
        "of this process's own time, and the quickest of many, so that a busy machine doesn't count"
    )


def test_a_page_asks_once_when_its_content_is_known(
    client: Client, report: Report, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(f"/pl/reports/{report.slug}/")
    for wanted in ({}, {"need": "FOREST"}, {"partner": "DEMO-FIELD"}):
        with django_assert_num_queries(1):
            client.get(f"/en/reports/{report.slug}/", wanted)


def test_packed_and_plain_are_the_same_page_with_names_of_their_own(client: Client, report: Report) -> None:
    address = f"/en/reports/{report.slug}/"
    plain, packed = client.get(address), client.get(address, headers=PACKED)
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in packed["Vary"]
    again = client.get(address, headers={**PACKED, "if-none-match": packed["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Content-Encoding" not in client.get(address, headers={"accept-encoding": "gzip;q=0, br"})


def test_what_is_kept_is_not_shown_when_a_newer_revision_came(client: Client, db: None) -> None:
    first = publish(sample(slug="2026-10-r1", revision=1) | {"correction": None})
    address = f"/en/reports/{first.slug}/"
    assert b"There is a newer revision" not in client.get(address).content
    Report.objects.filter(pk=first.pk).update(state=ReportState.SUPERSEDED)
    publish(sample())
    assert b"There is a newer revision" in client.get(address).content


def test_never_more_is_kept_than_was_said() -> None:
    kept: Kept[int] = Kept(most=2)
    assert [kept.get(key, lambda key=key: key * 10) for key in (1, 2, 1, 3)] == [10, 20, 10, 30]  # type: ignore[misc]  # a default that holds the loop's value
    assert [kept.knows(key) for key in (1, 2, 3)] == [True, False, True], "what was asked for longest ago went"
