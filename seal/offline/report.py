"""A report and its notes as a verifier reads them: they add up, they are the sealed ones, and a donation is among them."""

import bisect
import hashlib
import hmac
import re
from collections.abc import Container
from itertools import pairwise
from typing import Any

from seal.offline.log import LEAF, Leaf, leaf_hash, root_of
from seal.offline.proof import Proof
from seal.offline.strict import LARGEST, is_month, is_text, strict_json
from seal.offline.words import Refused

Report = dict[str, Any]
Name = dict[str, str]
Given = list[tuple[Name, int]]


def read_report(content: bytes, leaves: list[Leaf]) -> tuple[Report, Leaf]:
    """The report in a file that the log holds, and its leaf. Raises Refused."""
    sha256 = hashlib.sha256(content).hexdigest()
    listed = [leaf for leaf in leaves if leaf.get("kind") in ("report", "correction")]
    found = [leaf for leaf in listed if leaf.get("sha256") == sha256]
    try:
        report = strict_json(content)
    except ValueError:
        raise Refused("report_damaged") from None
    if not _is_report(report):
        raise Refused("report_damaged")
    slug = report["report"]["slug"]
    if not found:
        named = any(leaf.get("slug") == slug for leaf in listed)
        raise Refused("report_changed" if named else "report_unlisted", slug=slug)
    if found[-1].get("slug") != slug:
        raise Refused("report_changed", slug=slug)
    return report, found[-1]


def _is_report(value: Any) -> bool:
    """Whether everything that the checks read of a report is there and of its kind."""
    try:
        head, donee, came_in, funds = value["report"], value["donee"], value["lines"]["came_in"], value["funds"]
        texts = [head["slug"], head["kind"], donee["code"]]
        named = [each for row in funds for each in (row, *row.get("merged", []))]
        texts += [each["code"] for each in named]
        spoken = all(each["name"] and all(map(is_text, each["name"].values())) for each in named)
        numbers = type(came_in) is int and type(head["revision"]) is int and head["revision"] > 0
        months = is_month(head["first_period"]) and is_month(head["last_period"])
        lists = isinstance(funds, list) and all(isinstance(row.get("merged", []), list) for row in funds)
    except (TypeError, KeyError, AttributeError):
        return False
    return spoken and numbers and months and lists and all(map(is_text, texts))


def check_sums(report: Report) -> None:
    """That count x denomination is what came in. Raises Refused."""
    notes = report.get("notes")
    slug = report["report"]["slug"]
    if not isinstance(notes, dict) or "denominations" not in notes:
        raise Refused("no_notes", slug=slug)
    try:
        rows = [(row["fund"], row["denomination"], row["count"]) for row in notes["denominations"]]
        said = [notes[name] for name in ("sum", "taken_back", "leaves")]
    except (TypeError, KeyError):
        raise Refused("bad_counts") from None
    numbers = all(type(value) is int for row in rows for value in row[1:]) and all(type(one) is int for one in said)
    if not numbers or not isinstance(notes["denominations"], list) or min(said) < 0:
        raise Refused("bad_counts")
    standard = re.compile(r"[125]0*\Z")
    if not all(is_text(fund) and standard.match(str(note)) and count > 0 for fund, note, count in rows):
        raise Refused("bad_counts")
    if len({row[:2] for row in rows}) != len(rows):
        raise Refused("bad_counts")
    total, came_in = sum(note * count for _, note, count in rows), report["lines"]["came_in"]
    counted = sum(count for _, _, count in rows)
    if max(total, counted) > LARGEST:
        raise Refused("bad_counts")
    if total != said[0]:
        raise Refused("sum_differs", counted=("money", total), said=("money", said[0]))
    if total - said[1] != came_in:
        raise Refused("came_in_differs", counted=("money", total - said[1]), said=("money", came_in))
    if counted != said[2]:
        raise Refused("count_differs", counted=counted, said=said[2])


class Leaves:
    """Sorted leaves, in which one is found by halving."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._leaves = leaves

    def __contains__(self, leaf: object) -> bool:
        if not isinstance(leaf, bytes):
            return False
        place = bisect.bisect_left(self._leaves, leaf)
        return place < len(self._leaves) and self._leaves[place] == leaf


def check_notes(report: Report, content: bytes) -> Leaves:
    """The leaves of a file of notes that is the sealed one: each once, in order, under the report's root. Raises Refused."""
    said = report["notes"]["leaves"] * LEAF
    if len(content) != said:
        raise Refused("notes_short" if len(content) < said else "notes_long", held=len(content), said=said)
    leaves = [content[start : start + LEAF] for start in range(0, said, LEAF)]
    for left, right in pairwise(leaves):
        if left >= right:
            raise Refused("doubled" if left == right else "unsorted")
    # a month without gifts has no notes, and no root that would prove anything
    if leaves and root_of([leaf_hash(leaf) for leaf in leaves]).hex() != report["notes"].get("root"):
        raise Refused("notes_root")
    return Leaves(leaves)


def check_gift(report: Report, leaves: Container[bytes], proof: Proof) -> Given:
    """That every note of the donation is in the file. What was given, by the name of each fund. Raises Refused."""
    if report["donee"]["code"] != proof.donee:
        raise Refused("other_donee")
    head = report["report"]
    if (head["kind"], head["first_period"]) != ("month", proof.period):
        raise Refused("other_month", month=("month", proof.period))
    names, counted_under = funds_of(report)
    sums: dict[str, int] = {}
    for fund, amount in proof.gifts:
        sums[counted_under.get(fund, fund)] = sums.get(counted_under.get(fund, fund), 0) + amount
    for fund, amount in sums.items():
        if is_counted(report, leaves, proof.seed, fund, amount):
            continue
        what = ("money", amount)
        for other in sorted(names):
            if other != fund and is_counted(report, leaves, proof.seed, other, amount):
                told = {"fund": ("name", names.get(fund, {"": fund})), "other": ("name", names[other])}
                raise Refused("swapped", what=what, **told)
        raise Refused("missing", what=what, month=("month", proof.period))
    return [(names.get(fund, {"": fund}), amount) for fund, amount in proof.gifts]


def funds_of(report: Report) -> tuple[dict[str, Name], dict[str, str]]:
    """The funds' names, and under which fund a small one is counted that the report merged into another row."""
    names: dict[str, Name] = {}
    counted_under: dict[str, str] = {}
    with_notes = {row["fund"] for row in report["notes"]["denominations"]}
    for row in report["funds"]:
        names[row["code"]] = row["name"]
        for small in row.get("merged", []):
            names.setdefault(small["code"], small["name"])
            if small["code"] not in with_notes:
                counted_under[small["code"]] = row["code"]
    return names, counted_under


def is_counted(report: Report, leaves: Container[bytes], seed: bytes, fund: str, amount: int) -> bool:
    """Whether all notes that the sum breaks into are there, for this fund."""
    common = (report["donee"]["code"], report["report"]["slug"], fund)
    seen: dict[int, int] = {}
    for note in broken(amount):
        index = seen[note] = seen.get(note, -1) + 1
        salt = hmac.new(seed, "\0".join(("note 1", *common, str(note), str(index))).encode(), hashlib.sha256).digest()
        leaf = hashlib.sha256(salt + "\0".join((*common, str(note))).encode()).digest()
        if leaf not in leaves:
            return False
    return True


def broken(amount: int) -> list[int]:
    """The notes of 1, 2, 5 x 10^k that a sum breaks into, largest first."""
    notes: list[int] = []
    unit = 10 ** (len(str(amount)) - 1)
    while amount:
        for note in (5 * unit, 2 * unit, unit):
            count, amount = divmod(amount, note)
            notes += [note] * count
        unit //= 10
    return notes
