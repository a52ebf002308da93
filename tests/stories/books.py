"""The books at a story's end, as text that an accountant can read and a test can compare."""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from ledger.models import JournalEntry
from ledger.queries import ledger_table, trial_balance

SNAPSHOTS = Path(__file__).resolve().parents[1] / "snapshots"
UPDATE = "UPDATE_SNAPSHOTS"
"""Set to 1, stories write their tables anew instead of comparing them. Read the difference before committing it."""

MADE_ANEW_EACH_TIME = re.compile(r"\b(?:(ch|py|txn|re|pyr|po)_\w+|(desk):[0-9a-f]{32})")
KINDS = {
    "ch": "charge",
    "py": "charge",
    "txn": "movement",
    "re": "refund",
    "pyr": "refund",
    "po": "payout",
    "desk": "form",
}


def compare_books(*, story: str, said: str, names: Mapping[str, str]) -> None:
    """The journal and what stands on each account, against the text kept under the story's name.

    `names` stand for what chance decides, such as which of two envelopes came first.
    """
    compare_text(name=story, text=books_as_text(said, names))


def compare_text(*, name: str, text: str) -> None:
    """A text against the one kept under the name."""
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get(UPDATE) == "1":
        path.write_text(text, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    if text != kept:
        told = difflib.unified_diff(
            kept.splitlines(), text.splitlines(), f"{path.name}, as kept", "the books now", lineterm="", n=2
        )
        raise AssertionError("the books differ from what is kept:\n" + "\n".join(told))


def books_as_text(said: str, names: Mapping[str, str]) -> str:
    """The story's title, its entries, and its closing balances. No ids and no times: they differ from run to run."""
    closing = trial_balance()
    assert sum(line.debit_minor - line.credit_minor for line in closing) == 0, "the trial balance is not zero"
    width = max([len(line.account) for line in closing], default=10)
    rows = [
        f"{line.account.ljust(width)}  {_sum(line.debit_minor):>12}  {_sum(line.credit_minor):>12}".rstrip()
        for line in closing
    ]
    return "\n".join(
        [said, "", ledger_table(names={**_names(), **names}), "What stands on the accounts", "", *rows, ""]
    )


def _names() -> dict[str, str]:
    """The ids of the provider and of the desk's forms, by what they are and in the order in which they were booked."""
    names: dict[str, str] = {}
    made: dict[str, int] = {}
    for reference in JournalEntry.objects.order_by("id").values_list("reference", flat=True):
        for found in MADE_ANEW_EACH_TIME.finditer(reference):
            kind = KINDS[found[1] or found[2]]
            if found[0] not in names:
                made[kind] = made.get(kind, 0) + 1
                names[found[0]] = f"{kind} {made[kind]}"
    return names


def _sum(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}" if minor else ""
