"""Our own check of a donor's link, for who has no JavaScript: the same checks as everybody's, on our own files."""

from dataclasses import dataclass

from seal.offline.command import Outcome, check, newest_of, not_yet
from seal.offline.log import read_log
from seal.offline.proof import read_link
from seal.offline.words import Refused, sentence
from transparency.verification import sources

LONGEST_LINK = 4_000


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
    files = sources.files_of(slug=slug)
    return check(log=files.log, report=files.report, notes=files.notes, proof=proof)
