"""Our own check of a donor's link, for who has no JavaScript: the same checks as everybody's, on our own files."""

from collections.abc import Container
from dataclasses import dataclass

from seal.merkle import includes, leaf_hash
from seal.offline.command import Outcome, check, newest_of, not_yet
from seal.offline.log import read_log
from seal.offline.proof import read_link
from seal.offline.report import Report
from seal.offline.words import Refused, sentence
from seal.queries import note_path
from transparency.verification import sources

LONGEST_LINK = 4_000
MOST_LEAVES_AT_ONCE = 100_000
"""Of a larger file only the paths of the gift's own notes are read: somebody might ask a hundred times."""


@dataclass(frozen=True)
class Answer:
    """One sentence, and what stands beside it. `holds` is whether everything does."""

    holds: bool
    sentences: tuple[str, ...]


def check_link(*, link: str, language: str) -> Answer:
    """What we ourselves find for the link on a receipt, in the language ("pl" or "en"). Nothing of it is kept."""
    try:
        code, facts, beside = _outcome(link[:LONGEST_LINK])
    except Refused as refused:
        return Answer(holds=False, sentences=(sentence(refused.code, refused.facts, language),))
    told = [(code, facts), *beside]
    return Answer(holds=True, sentences=tuple(sentence(one, more, language) for one, more in told))


def _outcome(link: str) -> Outcome:
    proof = read_link(link)
    log = sources.files_of(slug=None).log
    if log is None:
        return not_yet(proof)
    slug = newest_of(read_log(log, key=proof.key), proof.period)
    if slug is None or sources.leaves_of(slug=slug) <= MOST_LEAVES_AT_ONCE:
        files = sources.files_of(slug=slug)
        return check(log=files.log, report=files.report, notes=files.notes, proof=proof)
    files = sources.files_of(slug=slug, with_notes=False)
    return check(log=files.log, report=files.report, proof=proof, leaves_of=_ByPaths)


class _ByPaths(Container[bytes]):
    """The leaves of a report's notes, each found by its path to the root that the report names."""

    def __init__(self, report: Report) -> None:
        self._slug, self._notes = report["report"]["slug"], report["notes"]

    def __contains__(self, leaf: object) -> bool:
        root = str(self._notes["root"])
        found = note_path(report=self._slug, root=root, leaf=leaf) if isinstance(leaf, bytes) else None
        if found is None or not isinstance(leaf, bytes):
            return False
        index, path = found
        size = int(self._notes["leaves"])
        return includes(leaf=leaf_hash(leaf), index=index, size=size, path=path, root=bytes.fromhex(root))
