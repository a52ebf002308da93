"""What a page says is true of its kind, and reads well: no section that can't be there, no code where a name belongs."""

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from tests.factories.report_pages import sample
from transparency.exports.naming import Naming
from transparency.exports.sections import sections_of
from transparency.pages.chart import bars_of
from transparency.pages.flow import LONGEST_LABEL, flow_of
from transparency.pages.report_list import list_of
from transparency.pages.report_page import ReportPage, five_lines, page_of
from transparency.pages.words import month_name, provider_category
from transparency.queries.public import ListedReport


def page(content: dict[str, Any]) -> ReportPage:
    return page_of(
        content=content, sha256="0" * 64, size=1, published_on=date(2026, 11, 20), revisions=(), superseded_by=None
    )


def a_cohort() -> dict[str, Any]:
    """As the method computes one: divided by nothing."""
    content = sample(kind="cohort", cohort=2025, first_period=202501, last_period=202512, slug="cohort-2025-r1")
    empty = {key: [] for key in ("funds", "partners", "needs", "deliveries", "services", "weeks", "flow", "unit_costs")}
    none = {"documents": 0, "spent": 0}
    return content | empty | {"regions": {"withheld": False, "rows": []}, "own_purchases": none, "notes": None}


def test_a_cohort_doesnt_say_that_nothing_happened() -> None:
    content = a_cohort()
    with override("en"):
        assert {"funds", "partners", "regions"}.isdisjoint(section.key for section in sections_of(content))
        body = page(content).body
    for untrue in ("Nothing moved", "No partner had money", "Nothing was spent", 'id="part-needs"'):
        assert untrue not in body
    with override("en"):
        month = page(sample() | {"funds": []}).body
    assert "Nothing moved" in month, "a month in which nothing moved does say it"
    assert 'id="part-needs"' in month


def test_a_cohorts_row_adds_up_and_says_what_running_costs_got() -> None:
    content = a_cohort()
    with override("en"):
        (cohorts,) = (section for section in sections_of(content) if section.key == "cohorts")
        body = page(content).body
    for row in cohorts.rows:
        _year, came_in, *parts = row.cells
        assert came_in == sum(int(str(part)) for part in parts), "a reader adds them up"
    assert "for running costs, as donors were told before paying or gave to them" in body
    assert "Kept for running costs" not in body
    assert "Running costs, spent" not in body


def test_a_campaign_says_where_the_share_for_running_costs_stands() -> None:
    content = sample(kind="campaign", slug="campaign-warm-r1")
    about = {"code": "warm", "name": {"pl": "Ciepło", "en": "Warmth"}, "funds": ["WARM-NIGHT"]}
    content["report"]["campaign"] = about | {"first_day": "2026-10-01", "last_day": "2026-10-31"}
    content["policy"] |= {"share": None, "share_permille": None}
    with override("en"):
        body = page(content).body
    assert "what they got of these gifts stands in what moved to other purposes" in body
    assert "what went back of it isn’t told by purpose" in body
    assert "Kept for running costs" not in body


def test_a_region_in_which_nothing_was_spent_has_its_name() -> None:
    content = sample() | {"regions": {"withheld": False, "rows": []}}
    with override("en"):
        assert Naming(content).region("south") == "Southern stretch of the border"
        assert Naming(content).region("elsewhere") == "elsewhere"


@pytest.mark.parametrize(("language", "name"), [("pl", "październik 2026"), ("en", "October 2026")])
def test_a_month_is_written_as_its_language_writes_it(language: str, name: str) -> None:
    with override(language):
        assert month_name(202610) == name


def test_what_moved_the_balance_is_said_in_words_where_there_are_any() -> None:
    with override("en"):
        assert (provider_category("charge"), provider_category("a_new_one")) == ("Payments by donors", "a_new_one")


def test_only_a_report_with_notes_of_its_own_leads_to_them() -> None:
    quarter = sample() | {"notes": {"sum": 1, "taken_back": 0, "months": []}}
    with override("en"):
        month_s, quarter_s = ([words for words, _ in page(content).ways_to_check] for content in (sample(), quarter))
    assert "All notes of this report, one after another" in month_s
    assert "All notes of this report, one after another" not in quarter_s
    assert "Check a gift against this report" in quarter_s


def test_a_little_is_not_nothing() -> None:
    lines = {"help_with_documents": 99_600, "with_partners": 0, "waiting": 0, "fees_and_running_costs": 400}
    with override("en"):
        said = {bar.label: bar.said for bar in bars_of(lines | {"given_back": 0})}
    assert said["Turned into help"] == "100%"
    assert (said["Fees and running costs"], said["Given back to donors"]) == ("under 1%", "0%")


def test_a_long_name_is_cut_in_the_picture_alone() -> None:
    name = "A partner whose name is longer than any picture has room for"
    rows = [{"from": {"kind": "gifts", "code": ""}, "to": {"kind": "fund", "code": "X"}, "amount": 100}]
    flow = flow_of(rows, name=lambda node: name if node["code"] else "Gifts")
    assert flow is not None
    cut = next(node for node in flow.nodes if node.label == name).short
    assert len(cut) <= LONGEST_LABEL
    assert cut.endswith("…")


def test_the_list_opens_on_a_month_that_is_over() -> None:
    def listed(kind: str, slug: str) -> ListedReport:
        day, five = date(2026, 11, 20), five_lines(sample()["lines"])
        return ListedReport(slug, kind, slug, 2026, 1, day, 1, 1, five, "0" * 64)

    with override("en"):
        so_far, october = listed("to_date", "2026-11-to-date-r1"), listed("month", "2026-10-r1")
        both = list_of([so_far, october], story=None)
        alone = list_of([so_far], story=None)
    assert both.newest is october
    assert [report.slug for group in both.months for report in group.reports] == [so_far.slug]
    assert alone.newest is so_far, "where no month is over yet, the one that runs is all there is"
