"""Checks a report of Store Without Borders, and that a donation is counted in it, with nothing but Python 3.11 or later.

    python3 verify.py report-2026-11-r1.json notes-2026-11-r1.bin log.json proof.json
    python3 verify.py report-2026-11-r1.json notes-2026-11-r1.bin log.json --link 'https://.../verify/#v=1&...'

Files may come in any order: each is known by what is in it. Without a proof or a link it checks the report alone: that it
adds up, that its notes are the sealed ones, and that the log holds it. Options: --language pl|en, --key FINGERPRINT of a
signing key that you have from elsewhere. It answers in one sentence; the exit status is 0 only if everything holds.

What it doesn't show: that a blanket arrived, or that nobody added notes.
"""

import argparse
import re
import sys
from collections.abc import Callable, Container, Iterable
from pathlib import Path
from typing import Any

from seal.offline.log import LOG, Leaf, read_log
from seal.offline.proof import PROOF, Proof, read_link, read_proof
from seal.offline.report import Report, check_gift, check_notes, check_sums, read_report
from seal.offline.words import Refused, sentence

MOST_BYTES = 640_000_000
Outcome = tuple[str, dict[str, Any], list[tuple[str, dict[str, Any]]]]
"""The code of a sentence, its facts, and what stands beside."""
MONTH_SLUG = re.compile(r"([0-9]{4})-([0-9]{2})-r([1-9][0-9]{0,8})\Z")
SPACES = b" \t\r\n"


def check(
    *,
    report: bytes | None = None,
    notes: bytes | None = None,
    log: bytes | None = None,
    proof: Proof | None = None,
    key: str | None = None,
    leaves_of: Callable[[Report], Container[bytes]] | None = None,
) -> Outcome:
    """What holds, as (code of a sentence, facts, codes of what stands beside). Contents are bytes.

    `leaves_of` finds leaves in another way than in the whole file of notes. Raises Refused.
    """
    known, before = (proof.key, proof.checkpoint) if proof else (None, None)
    if log is None:
        raise Refused("log_missing")
    leaves = read_log(log, key=key or known, before=before)
    if proof and report is None and newest_of(leaves, proof.period) is None:
        return not_yet(proof)
    if report is None:
        raise Refused("report_missing")
    content, leaf = read_report(report, leaves)
    check_sums(content)
    if notes is None and content["notes"]["leaves"] and leaves_of is None:
        raise Refused("notes_missing")
    found = leaves_of(content) if leaves_of else check_notes(content, notes or b"")
    head, sums = content["report"], content["notes"]
    newer = newest_of(leaves, head["first_period"]) if head["kind"] == "month" else None
    beside = [("newer", {"slug": newer})] if newer not in (None, leaf["slug"]) else []
    if proof is None:
        told: dict[str, Any] = {name: ("money", sums[name]) for name in ("sum", "taken_back")}
        told.update(slug=leaf["slug"], leaves=sums["leaves"], came_in=("money", content["lines"]["came_in"]))
        return "adds_up", told, beside
    given = check_gift(content, found, proof)
    facts = {"what": ("gifts", given), "month": ("month", proof.period), "revision": head["revision"]}
    return "counted" if len(given) == 1 else "counted_all", facts, beside


def not_yet(proof: Proof) -> Outcome:
    """That the month's report isn't published, and when it will be drafted."""
    what = ("gifts", [(None, sum(amount for _, amount in proof.gifts))])
    return "not_yet", {"what": what, "month": ("month", proof.period), "day": ("day", proof.period)}, []


def newest_of(leaves: list[Leaf], period: int) -> str | None:
    """The name of a month's newest revision in the log; None while it isn't published."""
    slugs = [leaf.get("slug") for leaf in leaves if leaf.get("kind") in ("report", "correction")]
    found = [MONTH_SLUG.match(slug) for slug in slugs if isinstance(slug, str)]
    mine = [(int(one[3]), one[0]) for one in found if one and int(one[1]) * 100 + int(one[2]) == period]
    return max(mine)[1] if mine else None


def kind_of(content: bytes) -> str:
    """What a file is, by what is in it. Raises Refused."""
    if content.lstrip(SPACES)[:1] != b"{" or b'"' not in content[:8]:
        if content[:200].isascii() and content[:200].strip(SPACES):
            raise Refused("unknown_file")
        return "notes"
    head = content[:4_000]
    if b'"entries"' in head or LOG.encode() in head:
        return "log"
    return "proof" if b'"seed"' in head or PROOF.encode() in head or head.startswith(b'{"checkpoint"') else "report"


def answer(*, files: Iterable[bytes], link: str | None = None, key: str | None = None) -> Outcome:
    """The outcome for contents of files in any order, and a link. Raises Refused."""
    parts: dict[str, bytes] = {}
    for content in files:
        if len(content) > MOST_BYTES:
            raise Refused("too_large")
        kind = kind_of(content)
        if kind in parts:
            raise Refused("same_kind")
        parts[kind] = content
    held = parts.pop("proof", None)
    proof = read_link(link) if link else read_proof(held) if held is not None else None
    return check(report=parts.get("report"), notes=parts.get("notes"), log=parts.get("log"), proof=proof, key=key)


def contents_of(file: Path) -> bytes:
    """Its bytes. Raises Refused."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Refused("too_large")
        return file.read_bytes()
    except OSError:
        raise Refused("no_such_file", name=file.name) from None


def main(arguments: list[str] | None = None) -> int:
    """Prints one sentence; 0 if everything holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--link")
    parser.add_argument("--key")
    parser.add_argument("--language", choices=["pl", "en"], default="en")
    asked = parser.parse_args(arguments)
    try:
        files = [contents_of(file) for file in asked.files]
        code, facts, beside = answer(files=files, link=asked.link, key=asked.key)
    except Refused as refused:
        sys.stdout.write(sentence(refused.code, refused.facts, asked.language) + "\n")
        return 1
    for one, told in [(code, facts), *beside]:
        sys.stdout.write(sentence(one, told, asked.language) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
