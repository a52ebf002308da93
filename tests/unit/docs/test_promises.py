"""The table of promises says which are checked, and by whom."""

import re
from pathlib import Path

from ledger import audit

ROOT = Path(__file__).resolve().parents[3]
ROW = re.compile(r"^\| (\d+) \| .* \| (.*) \|$", re.MULTILINE)
PROMISES = 20


def rooms_by_promise() -> dict[int, set[str]]:
    """The rooms whose checks are registered, by promise."""
    found: dict[int, set[str]] = {number: set() for number in range(1, PROMISES + 1)}
    for promise in audit.registered():
        check = promise.check
        found[promise.number].add(check.__module__.split(".")[0])
    return found


def test_the_table_names_every_promise_and_the_rooms_that_check_it() -> None:
    rows = ROW.findall((ROOT / "docs" / "promises.md").read_text(encoding="utf-8"))
    named = {int(number): set(re.findall(r"`([a-z_]+)`", checked)) for number, checked in rows}
    assert named == rooms_by_promise()
    without = {int(number) for number, checked in rows if checked.startswith(("nothing yet", "tests:"))}
    assert without == {number for number, rooms in rooms_by_promise().items() if not rooms}
