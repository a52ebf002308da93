"""Money: whole minor units (grosze) with an ISO 4217 currency. Never a float."""

import enum
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency
from django.utils.translation import get_language

MINOR_PER_MAJOR = 100
MIN_GIFT = 200
"""The least gift in grosze: below it the card's fee would eat most of it."""
MAX_GIFT = 5_000_000
"""The largest gift online in grosze (50 000 zł): above it a bank transfer, and a talk, are the better way."""

_GROUPED = re.compile(r"[0-9]{1,3}(?:[ \u00a0\u202f.,'][0-9]{3})+")
_PLAIN = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,6})?")
_LONGEST_AMOUNT = 24


class AmountReason(enum.Enum):
    """Why a typed sum is refused."""

    EMPTY = "empty"
    """Nothing was typed."""
    NOT_A_NUMBER = "not_a_number"
    """What was typed is not a sum in digits 0 to 9, or could be read in two ways."""
    NOT_POSITIVE = "not_positive"
    """Zero or less."""
    TOO_SMALL = "too_small"
    """Less than the least."""
    TOO_LARGE = "too_large"
    """More than the most."""
    TOO_PRECISE = "too_precise"
    """Finer than a grosz."""


class AmountError(ValueError):
    """A typed sum that can't be taken. Expected: people mistype. `reason` says why."""

    def __init__(self, reason: AmountReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def parse_amount(text: str, *, language: str, least: int = MIN_GIFT, most: int = MAX_GIFT) -> int:
    """The sum that a person typed, in grosze, between `least` and `most`: the bounds of a gift, unless told otherwise.

    Takes "50", "50,00", "50.5", "1 250,00" and "50 zł"; ASCII digits only. What could be read in two ways ("12,345": twelve
    and a bit, or twelve thousand?) is refused, whatever `language` (kept for languages that will need it). Raises AmountError.
    """
    typed = text.strip().removesuffix("PLN").removesuffix("zł").strip()
    if not typed:
        raise AmountError(AmountReason.EMPTY)
    if len(typed) > _LONGEST_AMOUNT:
        raise AmountError(AmountReason.TOO_LARGE if typed.isascii() and typed.isdigit() else AmountReason.NOT_A_NUMBER)
    negative = typed[0] in "-\u2212"
    digits = typed[1:].strip() if negative else typed
    whole, fraction = _split_typed(digits)
    if len(fraction.rstrip("0")) > 2:
        raise AmountError(AmountReason.TOO_PRECISE)
    minor = int(whole) * MINOR_PER_MAJOR + int((fraction + "00")[:2])
    if negative or minor == 0:
        raise AmountError(AmountReason.NOT_POSITIVE)
    if minor < least:
        raise AmountError(AmountReason.TOO_SMALL)
    if minor > most:
        raise AmountError(AmountReason.TOO_LARGE)
    return minor


def _split_typed(digits: str) -> tuple[str, str]:
    """Whole part and fraction as digits, of a sum without its sign."""
    if _PLAIN.fullmatch(digits):
        whole, _, fraction = digits.replace(",", ".").partition(".")
        if len(fraction) == 3 and len(whole) <= 3 and whole != "0":
            raise AmountError(AmountReason.NOT_A_NUMBER)
        return whole, fraction
    for body, mark, tail in _readings(digits):
        separators = set(re.sub(r"[0-9]", "", body))
        if _GROUPED.fullmatch(body) and len(separators) == 1 and mark not in separators and len(tail) <= 2:
            return re.sub(r"[^0-9]", "", body), tail
    raise AmountError(AmountReason.NOT_A_NUMBER)


def _readings(digits: str) -> list[tuple[str, str, str]]:
    """Grouped digits read without a fraction, and with one after the last comma or point."""
    readings = [(digits, "", "")]
    if with_fraction := re.fullmatch(r"(.+)([.,])([0-9]{1,2})", digits):
        readings.append((with_fraction[1], with_fraction[2], with_fraction[3]))
    return readings


def format_money(minor: int, *, currency: str = "PLN", language: str | None = None) -> str:
    """A sum as the reader writes it: `125000` is "1 250,00 zł" in Polish and "1,250.00 zł" in English."""
    locale = (language or get_language() or "pl").replace("-", "_")
    amount = Decimal(minor).scaleb(-2)
    if currency == "PLN":
        number_format = "#,##0.00\u00a0¤"
        return format_currency(amount, currency, format=number_format, locale=locale).replace("PLN", "zł")
    return str(format_currency(amount, currency, locale=locale))


def format_whole(minor: int, *, language: str | None = None) -> str:
    """A sum in złoty without its grosze, half up: `6400049` is "64 000 zł" in Polish and "64,000 zł" in English."""
    locale = (language or get_language() or "pl").replace("-", "_")
    whole = to_major(minor).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return str(format_currency(whole, "PLN", format="#,##0\u00a0¤", locale=locale, currency_digits=False)).replace(
        "PLN", "zł"
    )


def split_by_largest_remainder(*, total: int, weights: Sequence[int]) -> list[int]:
    """Splits `total` minor units in proportion to `weights` (none negative, not all zero) so that the parts sum to it.

    Each part is rounded towards zero, and the units left go one by one to the largest remainders, at a tie to the lower
    index (Hamilton's method). Raises ValueError on bad weights.
    """
    if not weights or min(weights) < 0 or sum(weights) == 0:
        raise ValueError("weights must be non-negative and not all zero")
    whole = sum(weights)
    sign = -1 if total < 0 else 1
    parts = [abs(total) * weight // whole for weight in weights]
    remainders = [abs(total) * weight % whole for weight in weights]
    left = abs(total) - sum(parts)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left]:
        parts[index] += 1
    return [sign * part for part in parts]


def to_minor(amount: Decimal) -> int:
    """A decimal amount in złoty as grosze, half up: for figures of libraries that speak decimals."""
    return int((amount * MINOR_PER_MAJOR).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_major(minor: int) -> Decimal:
    """Grosze as a decimal amount in złoty, exact."""
    return Decimal(minor).scaleb(-2)
