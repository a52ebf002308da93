"""Names of funds, partners and regions inside one report's content, and what a row is about."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.texts import in_language
from transparency.exports.model import Dimension
from transparency.pages.words import region_in_words

Content = Mapping[str, Any]
About = tuple[tuple[Dimension, str], ...]


class Naming:
    """Knows what each code in one report's content is called in the active language, and which fund stands above which."""

    def __init__(self, content: Content) -> None:
        self._funds: dict[str, str] = {}
        self._above: dict[str, str] = {}
        for need in content.get("needs", ()):
            self._funds[need["fund"]] = in_language(need["name"])
            if need["merged_into"]:
                self._above[need["fund"]] = need["merged_into"]
        for fund in content["funds"]:
            for merged in fund.get("merged", ()):
                self._funds[merged["code"]] = in_language(merged["name"])
                self._above[merged["code"]] = fund["code"]
            self._funds[fund["code"]] = in_language(fund["name"])
            if fund["parent"]:
                self._above[fund["code"]] = fund["parent"]
        self._partners = {partner["code"]: in_language(partner["name"]) for partner in content["partners"]}
        self._regions = {
            region["code"]: in_language(region["name"]) for region in content["regions"]["rows"] if region["code"]
        }

    def fund(self, code: str) -> str:
        """The fund's name; a fund that has no row here keeps its code."""
        return self._funds.get(code, code)

    def partner(self, code: str) -> str:
        """The partner's name, else its code."""
        return self._partners.get(code, code)

    def region(self, code: str) -> str:
        """The region's name; one in which nothing was spent has none here, and is called as the list of regions calls it."""
        return self._regions.get(code) or region_in_words(code)

    def of_fund(self, *codes: str) -> About:
        """A row about these funds is about every fund above them too, and about those counted in them."""
        about: dict[tuple[Dimension, str], None] = {}
        for code in codes:
            for known in self._upwards(code):
                about[Dimension.NEED, known] = None
        return tuple(about)

    def _upwards(self, code: str) -> Iterable[str]:
        seen: set[str] = set()
        while code and code not in seen:
            seen.add(code)
            yield code
            code = self._above.get(code, "")


def of_partner(code: str) -> About:
    """A row about a partner."""
    return ((Dimension.PARTNER, code),)


def of_region(code: str) -> About:
    """A row about a region."""
    return ((Dimension.REGION, code),)
