"""What every mapping of Stripe's objects needs: known words, instants, references."""

from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T")

DONATION_KEY = "donation"
REFUND_KEY = "refund"
MONTHLY_KEY = "monthly_gift"
TERMS_KEY = "terms"


class UnknownWord(ValueError):
    """Stripe used a word that this version of the adapter doesn't know. Never to be expected with a pinned version."""

    def __init__(self, *, what: str, word: str | None) -> None:
        self.what = what
        self.word = word
        super().__init__(f"{what}: {word!r}")


def known(table: dict[str, T], word: str | None, what: str) -> T:
    """The entry for Stripe's word, or UnknownWord."""
    if word is None or word not in table:
        raise UnknownWord(what=what, word=word)
    return table[word]


def instant(seconds: int) -> datetime:
    """Seconds since 1970 as an aware instant in UTC."""
    return datetime.fromtimestamp(seconds, tz=UTC)


def ref_of(value: object) -> str:
    """The id of an expandable field, expanded or not; "" when empty."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(getattr(value, "id"))  # noqa: B009 -- typed as a bare object here


def own_ref(metadata: object, key: str) -> str:
    """What we wrote into an object's metadata under `key`; "" when there is nothing."""
    if metadata is None:
        return ""
    return str(getattr(metadata, key, "") or "")
