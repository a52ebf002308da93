"""A value as people read it, and as programs do."""

from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.money import format_money
from transparency.exports.model import Kind, Value
from transparency.pages.words import donors_in_words


def shown(value: Value, kind: Kind) -> str:
    """The value as the reader of the active language writes it."""
    if isinstance(value, int):
        return _number(value, kind)
    if isinstance(value, tuple):
        return donors_in_words({"from": value[0], "below": value[1]})
    return date_format(value, "j E Y") if isinstance(value, date) else value or ""


def number(value: int) -> str:
    """A count with the reader's separators."""
    return str(format_decimal(value, locale=(get_language() or "pl").replace("-", "_"), group_separator=value > 9_999))


def in_percent(permille: int) -> str:
    """125 as 12.5 %, with the reader's comma."""
    amount = format_decimal(
        Decimal(permille).scaleb(-1), format="#,##0.#", locale=(get_language() or "pl").replace("-", "_")
    )
    return _("%(number)s%%") % {"number": amount}


def _number(value: int, kind: Kind) -> str:
    if kind is Kind.MONEY:
        return format_money(value)
    return in_percent(value) if kind is Kind.SHARE else number(value)


def as_json(value: Value) -> object:
    """The value as JSON says it: grosze, permille and counts as integers, days as ISO 8601."""
    if isinstance(value, tuple):
        return {"from": value[0], "below": value[1]}
    return value.isoformat() if isinstance(value, date) else value
