"""Reading a catalogue file: everything wrong with it is said at once, each fault with its place."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from aid_packages.operations.catalogue_schema import CATALOGUE

DEMO_CATALOGUE = Path(__file__).resolve().parent.parent / "catalogue" / "demo.yaml"


class CatalogueInvalid(ValueError):
    """A catalogue file with faults; nothing of it was written. Expected: people write these files."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def read_catalogue(*, path: Path) -> dict[str, Any]:
    """The file's content, days as ISO strings. Raises CatalogueInvalid with every fault, OSError if unreadable."""
    try:
        # The same loader as safe_load's, compiled: a sixth of the time.
        content: dict[str, Any] = _plain(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueInvalid([f"not YAML: {error}"]) from error
    shape = sorted(Draft202012Validator(CATALOGUE).iter_errors(content), key=lambda error: [*map(str, error.path)])
    if shape:
        raise CatalogueInvalid([f"{_place(error.absolute_path, content)}: {error.message}" for error in shape])
    faults = [*_repeated_codes(content), *_unknown_names(content), *_wrong_seasons(content), *_wrong_packages(content)]
    if faults:
        raise CatalogueInvalid(faults)
    return content


def _plain(value: Any) -> Any:
    """YAML's own dates as text, all else as it is."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(member) for key, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, list) else value


def _place(path: Any, content: Any) -> str:
    """Where a fault stands: "packages[WARM-NIGHT].amount" rather than "packages[0].amount"."""
    place = ""
    for step in path:
        content = content[step]
        if isinstance(step, int):
            name = content.get("sku") or content.get("code") or step + 1 if isinstance(content, Mapping) else step + 1
            place += f"[{name}]"
        else:
            place += f".{step}" if place else str(step)
    return place or "the file"


def _repeated_codes(content: Mapping[str, Any]) -> Iterator[str]:
    funds = ["GENERAL", "ADMIN", *(area["code"] for area in content["areas"])]
    lists = {
        "a fund's code (areas and needs in capitals, GENERAL, ADMIN)": funds
        + [need["code"].upper() for need in content["needs"]],
        "a package's sku": [package["sku"] for package in content["packages"]],
        "a region's code": [region["code"] for region in content["regions"]],
        "a partner's code": [partner["code"] for partner in content["partners"]],
    }
    for what, codes in lists.items():
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield f"{what} stands twice: {code}"


def _unknown_names(content: Mapping[str, Any]) -> Iterator[str]:
    areas = {area["code"] for area in content["areas"]}
    needs = {need["code"] for need in content["needs"]}
    for need in content["needs"]:
        if need["area"] not in areas:
            yield f"needs[{need['code']}].area: no area {need['area']}"
    for partner in content["partners"]:
        for area in sorted(set(partner["areas"]) - areas):
            yield f"partners[{partner['code']}].areas: no area {area}"
    for package in content["packages"]:
        if package["need"] not in needs:
            yield f"packages[{package['sku']}].need: no need {package['need']}"


def _wrong_seasons(content: Mapping[str, Any]) -> Iterator[str]:
    dated = [("clause.in_force_from", content["clause"]["in_force_from"])]
    dated.append(("unit_cost_source.date", content["unit_cost_source"]["date"]))
    for need in content["needs"]:
        place = f"needs[{need['code']}].season"
        first, last = need["season"]["from"], need["season"]["to"]
        dated += [(f"{place}.from", first), (f"{place}.to", last)]
        if first > last:
            yield f"{place}: it ends ({last}) before it begins ({first})"
        if not first.endswith("-01"):
            yield f"{place}.from: a season begins on the first of a month, not on {first}"
    for place, day in dated:
        try:
            date.fromisoformat(day)
        except ValueError:
            yield f"{place}: no such day: {day}"


def _wrong_packages(content: Mapping[str, Any]) -> Iterator[str]:
    for package in content["packages"]:
        place = f"packages[{package['sku']}]"
        adds_up = sum(item["quantity"] * item["unit_cost"] for item in package["items"])
        if adds_up != package["amount"]:
            yield f"{place}.amount: the items add up to {adds_up} grosze, the amount says {package['amount']}"
        for number, item in enumerate(package["items"], start=1):
            if item["kind"] == "payment" and item.get("estimate") is False:
                yield f"{place}.items[{number}].estimate: the cost of a payment is always an estimate"
