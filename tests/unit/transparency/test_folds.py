"""A report's page on a small screen: the story and five lines first, the tables folded, and each within a link's reach."""

import re
from html.parser import HTMLParser

from django.utils.translation import override

from tests.factories.report_pages import sample
from tests.unit.transparency.test_wording import page
from transparency.exports.model import Row, Section, count, money, text
from transparency.pages.tables import table_of

SHUT = "details"


class Folds(HTMLParser):
    """Where each id stands: in how many folds, and whether in a fold's heading."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside: dict[str, list[str]] = {}
        self._path: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if about.get("id"):
            self.inside[str(about["id"])] = list(self._path)
        if tag in (SHUT, "summary"):
            self._path.append(f"{tag} open" if "open" in about else tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in (SHUT, "summary"):
            self._path.pop()


def body(**about: object) -> str:
    with override("en"):
        return str(page(sample(**about)).body)


def test_the_story_and_the_five_lines_stand_open_and_every_table_is_folded() -> None:
    folds = Folds(body())
    assert folds.inside["story-title"] == folds.inside["five-title"] == folds.inside["became-title"] == []
    for table in ("funds", "partners", "regions", "deliveries", "lines", "evidence"):
        assert SHUT in folds.inside[table], table


def test_a_link_leads_into_a_part_and_not_to_its_heading() -> None:
    """A browser opens a shut part for what is inside it; for its heading it doesn't."""
    html = body()
    folds = Folds(html)
    linked = set(re.findall(r'href="#([\w-]+)"', html))
    assert {"part-method", "part-seal", "deliveries", "lines"} <= linked <= set(folds.inside)
    assert [anchor for anchor in linked if "summary" in folds.inside[anchor]] == []


def test_a_correction_is_read_without_opening_anything() -> None:
    assert Folds(body()).inside["correction"] == ["details open"]


def test_what_several_numbers_are_counted_from_is_said_once() -> None:
    html = body()
    assert html.count("Where these numbers come from") == 1
    assert len(re.findall("(?i)counted from [^<.]* (?:deliveries|services)", html)) == 1


def test_two_columns_stay_a_table_and_zeros_get_no_line_on_a_card() -> None:
    rows = (Row("A", ("Ciepło w nocy", 0, 5)), Row("B", ("Folia", 100, 0)))
    wide = table_of(Section("w", "W", (text("n", "N"), money("m", "M"), count("c", "C")), rows))
    assert not wide.slim
    assert [[cell.nothing for cell in row.cells] for row in wide.rows] == [[False, True, False], [False, False, True]]
    slim = tuple(Row(row.code, row.cells[:2]) for row in rows)
    assert table_of(Section("s", "S", (text("n", "N"), money("m", "M")), slim)).slim
