"""The API for programs: what it says is what it does, and it knows nothing of who asks."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django import DjangoAssertNumQueries

from core.documents.canonical import sha256_hex
from tests.factories.report_pages import publish, sample, sample_of_a_year
from transparency.api import rates
from transparency.api.description import description
from transparency.models import Report, ReportState

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)


@pytest.fixture
def report() -> Report:
    """A corrected month, with the revision that it corrects."""
    publish(sample(slug="2026-10-r1", revision=1) | {"correction": None}, state=ReportState.SUPERSEDED)
    return publish(sample())


def get(client: Client, path: str, **more: Any) -> Any:
    return client.get(f"/api/v1/{path}", **more)


# --- what schemathesis finds ---


def _operations() -> Iterator[str]:
    for path, item in description()["paths"].items():
        yield from (f"{method.upper()} {path}" for method in item if method in ("get", "head", "options"))


@pytest.mark.parametrize("operation", list(_operations()))
def test_schemathesis_finds_nothing(report: Report, operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "EVERYBODY", 10**9)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # the test's own database transaction lives on its connection
    try:
        _hold(operation)
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _hold(operation: str) -> None:
    """What schemathesis makes of the description is answered as described."""
    method, path = operation.split()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    chosen = schema[path][method]

    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=chosen.as_strategy())
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate()

    holds()


def test_the_description_names_every_address_and_a_real_report(client: Client, report: Report) -> None:
    said = get(client, "openapi.json").json()
    assert said["openapi"].startswith("3.1")
    for path in said["paths"]:
        address = path.replace("{slug}", report.slug).replace("{section}", "funds").lstrip("/")
        assert get(client, address).status_code == 200, address


# --- what it says ---


def test_a_report_is_found_read_and_checked(client: Client, report: Report) -> None:
    publish(sample_of_a_year())
    listed = get(client, "reports?language=en").json()["reports"]
    assert [(each["slug"], each["kind"]) for each in listed] == [("2026-r1", "year"), ("2026-10-r2", "month")]
    assert [each["slug"] for each in get(client, "reports?kind=month").json()["reports"]] == ["2026-10-r2"]
    one = client.get(listed[1]["links"]["self"]).json()
    assert one["lines"] == sample()["lines"]
    sealed = client.get(one["links"]["content"])
    assert sealed.content == bytes(report.content or b"")
    assert sealed["ETag"] == f'"{sha256_hex(sealed.content)}"' == f'"{one["sha256"]}"'
    revisions = client.get(one["links"]["revisions"]).json()["revisions"]
    assert [(each["slug"], each["newest"]) for each in revisions] == [("2026-10-r1", False), ("2026-10-r2", True)]
    assert get(client, "reports/2026-10-r1").json()["superseded_by"] == "2026-10-r2"


@pytest.mark.parametrize("language", ["pl", "en"])
def test_names_are_in_the_language_that_is_asked_for(client: Client, report: Report, language: str) -> None:
    funds = get(client, f"reports/{report.slug}/sections/funds?language={language}").json()
    names = {row["code"]: row["cells"]["name"] for row in funds["rows"]}
    assert names["WARM-NIGHT"] == {"pl": "Ciepła noc", "en": "A warm night"}[language]


def test_filters_are_those_of_the_page(client: Client, report: Report) -> None:
    found = get(client, f"reports/{report.slug}/sections?need=FOREST&language=en").json()["sections"]
    funds = next(each for each in found if each["key"] == "funds")
    assert [row["code"] for row in funds["rows"]] == ["FOREST", "WARM-NIGHT"]
    assert funds["together"]["received"] == sum(row["cells"]["received"] for row in funds["rows"])
    assert "partners" not in {each["key"] for each in found}, "a partner isn't about one need"


# --- how it says it ---


def test_who_has_it_already_gets_nothing_again(client: Client, report: Report) -> None:
    for path in ("reports", f"reports/{report.slug}", f"reports/{report.slug}/content", "openapi.json", "log"):
        first = get(client, path)
        assert not first["ETag"].startswith("W/"), "strong"
        assert "public" in first["Cache-Control"]
        again = get(client, path, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert get(client, path, headers={"if-none-match": '"another"'}).status_code == 200
        head = client.head(f"/api/v1/{path}")
        assert (head.status_code, head.content, head["ETag"]) == (200, b"", first["ETag"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("reports/2031-01-r1", 404),
        ("reports/2026-10-r2/sections/nothing", 404),
        ("reports/2026-10-r2/sections?need=NOWHERE", 404),
        ("reports/2026-10-r2/sections?needs=FOREST", 400),
        ("reports?kind=week", 400),
        ("reports?language=de", 400),
        ("reports?language=pl&language=en", 400),
        ("elsewhere", 404),
        ("", 404),
    ],
)
def test_what_cannot_be_answered_is_a_problem(client: Client, report: Report, path: str, status: int) -> None:
    answer = get(client, path)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    problem = json.loads(answer.content)
    assert (problem["status"], problem["type"]) == (status, "about:blank")
    assert problem["detail"]
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_reports_are_only_read(report: Report, method: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, "/api/v1/reports")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_page_elsewhere_may_ask_first(client: Client) -> None:
    answer = client.options("/api/v1/reports", headers={"origin": "https://elsewhere.example"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in answer["Access-Control-Allow-Headers"]


def test_who_takes_no_json_is_told_so(client: Client, report: Report) -> None:
    assert get(client, "reports", headers={"accept": "text/html"}).status_code == 406
    for accepted in ("*/*", "application/*", "application/json;q=0.5, text/html"):
        assert get(client, "reports", headers={"accept": accepted}).status_code == 200


# --- how often, and what is remembered ---


def test_too_many_a_minute_are_told_when_to_come_back(
    client: Client, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "ONE_ASKER", 3)
    take = rates.take
    monkeypatch.setattr(rates, "take", lambda *, address, now: take(address=address, now=NOON))
    there = {"REMOTE_ADDR": "8.8.4.4"}
    answers = [get(client, "reports", **there) for _time in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0]["RateLimit"].startswith('"minute";r=2;t=')
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    assert get(client, "reports", REMOTE_ADDR="8.8.8.8").status_code == 200, "another asker has room"
    assert get(client, "reports").status_code == 200, "behind the proxy nobody is told apart"


def test_the_limit_for_all_holds_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "EVERYBODY", 2)
    rooms = [rates.take(address=f"8.8.8.{number}", now=NOON) for number in range(3)]
    assert [room.is_full for room in rooms] == [False, False, True]
    assert rates.take(address="8.8.8.8", now=NOON.replace(minute=1)).left >= 0, "the next minute is a new one"


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("2a00:1450:4001:81b::200e", "2a00:1450:4001:81b::/64"),
        ("127.0.0.1", ""),
        ("10.0.0.7", ""),
        ("172.18.0.3", ""),
        ("fd00::1", ""),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_only_a_visitors_own_address_is_counted(address: str, counted_as: str) -> None:
    assert rates.network_of(address) == counted_as


def test_no_address_is_kept_and_each_minute_has_another_key() -> None:
    rates.take(address="8.8.8.8", now=NOON)
    kept = str(list(caches["counts"]._cache.items()))  # type: ignore[attr-defined]  # Django's cache in memory, as it is stored
    assert "api-rate:" in kept, "it is counted where all processes count"
    assert "8.8.8.8" not in kept
    this, following = (rates._hashed("8.8.8.8", window) for window in (1, 2))
    assert this != following
    assert this == rates._hashed("8.8.8.8", 1), "within a minute it is the same asker"


def test_a_report_is_read_in_few_queries(
    client: Client, report: Report, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for path in (
        "reports",
        f"reports/{report.slug}",
        f"reports/{report.slug}/sections",
        f"reports/{report.slug}/content",
    ):
        with django_assert_max_num_queries(2):
            assert get(client, path).status_code == 200
