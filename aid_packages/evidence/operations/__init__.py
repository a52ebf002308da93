"""Taking evidence in, grading and releasing it."""

from aid_packages.evidence.kinds import NotTaken
from aid_packages.evidence.operations.decide import MOVES, NotLookedFor, erase, release, withhold
from aid_packages.evidence.operations.grade import AttestationMissing, CheckerMissing, NotIndependent, grade
from aid_packages.evidence.operations.rotate_keys import rotate_keys
from aid_packages.evidence.operations.take_in import TitleMissing, take_in
from aid_packages.evidence.subjects import NoSubject

__all__ = [
    "MOVES",
    "AttestationMissing",
    "CheckerMissing",
    "NoSubject",
    "NotIndependent",
    "NotLookedFor",
    "NotTaken",
    "TitleMissing",
    "erase",
    "grade",
    "release",
    "rotate_keys",
    "take_in",
    "withhold",
]
