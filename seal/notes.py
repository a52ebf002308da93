"""Notes: a gift broken into standard denominations, like cash, so that a rare sum betrays nobody.

A note's leaf says nothing to whoever lacks the gift's seed; who has it makes the same leaf again and finds it. The same
few lines stand in `seal/offline/verify.py` and `seal/static/seal/check.js`: whoever checks us doesn't run our code.
"""

import hashlib
import hmac

SEED_BYTES = 32
LEAF_BYTES = 32
MANTISSAS = (5, 2, 1)


class NotAnAmount(ValueError):
    """Only a positive sum can be broken into notes. Never expected: a gift is more than nothing."""


class BadName(ValueError):
    """A donee, report or fund is empty or has a NUL in it, which parts the fields of a leaf. Never expected."""


def break_into_notes(amount_minor: int) -> list[int]:
    """The fewest notes of 1, 2, 5 x 10^k minor units that sum to the amount, largest first. Raises NotAnAmount."""
    if amount_minor <= 0:
        raise NotAnAmount(str(amount_minor))
    notes: list[int] = []
    unit = 10 ** (len(str(amount_minor)) - 1)
    left = amount_minor
    while left:
        for mantissa in MANTISSAS:
            count, left = divmod(left, mantissa * unit)
            notes += [mantissa * unit] * count
        unit //= 10
    return notes


def salt_message(*, donee: str, report: str, fund: str, denomination: int, index: int) -> bytes:
    """What the seed is asked for: which note of which gift. `index` counts the gift's equal notes in the fund, from 0."""
    return _joined("note 1", donee, report, fund, str(denomination), str(index))


def leaf_tail(*, donee: str, report: str, fund: str, denomination: int) -> bytes:
    """What follows the salt in a leaf."""
    return _joined(donee, report, fund, str(denomination))


def leaf(*, seed: bytes, donee: str, report: str, fund: str, denomination: int, index: int) -> bytes:
    """SHA-256 over salt and what the note is, its fields parted by NUL; the salt is HMAC-SHA256 of the seed. 32 bytes."""
    message = salt_message(donee=donee, report=report, fund=fund, denomination=denomination, index=index)
    salt = hmac.digest(seed, message, "sha256")
    return hashlib.sha256(salt + leaf_tail(donee=donee, report=report, fund=fund, denomination=denomination)).digest()


def numbered(notes: list[int]) -> list[tuple[int, int]]:
    """Each note with how many equal ones came before it."""
    seen: dict[int, int] = {}
    pairs = []
    for denomination in notes:
        pairs.append((denomination, seen.get(denomination, 0)))
        seen[denomination] = pairs[-1][1] + 1
    return pairs


def _joined(*fields: str) -> bytes:
    if not all(fields) or any("\0" in field for field in fields):
        raise BadName(repr(fields))
    return "\0".join(fields).encode()
