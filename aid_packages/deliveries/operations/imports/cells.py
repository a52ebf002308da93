"""What a cell of text means. Each reader takes the text as typed, and gives a value that JSON can hold."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from django.db import models

from aid_packages.deliveries.operations.imports.refusals import CellReason, CellRefused
from aid_packages.deliveries.weeks import NoSuchWeek, week_end
from core.money import AmountError, parse_amount
from core.text import TextError, clean_line

Value = int | str | None
Reader = Callable[[str], Value]

LARGEST_SUM = 100_000_000_00
_WHOLE = re.compile(r"[0-9]{1,7}", re.ASCII)
_WEEK = re.compile(r"(20[2-9][0-9])[-/ ]?[WwTt]([0-5]?[0-9])", re.ASCII)
_MONTH = re.compile(r"(20[2-9][0-9])-(0[1-9]|1[0-2])", re.ASCII)
_POLISH_DAY = re.compile(r"([0-3]?[0-9])\.([01]?[0-9])\.(20[2-9][0-9])", re.ASCII)


def whole(text: str) -> int:
    """A number of units or people: "12", also as a spreadsheet writes it ("12,0")."""
    typed = re.sub(r"[.,]0+$", "", text.replace("\u00a0", "").replace(" ", ""))
    if not _WHOLE.fullmatch(typed):
        raise CellRefused(CellReason.NOT_WHOLE)
    return int(typed)


def money(text: str) -> int:
    """A sum in złoty as grosze."""
    try:
        return parse_amount(text, language="pl", least=1, most=LARGEST_SUM)
    except AmountError as wrong:
        raise CellRefused(CellReason.NOT_A_SUM) from wrong


def week(text: str) -> int:
    """ "2026-W41" (or "2026-T41") as 202641."""
    found = _WEEK.fullmatch(text)
    if found is None:
        raise CellRefused(CellReason.NOT_A_WEEK)
    number = int(found[1]) * 100 + int(found[2])
    try:
        week_end(number)
    except NoSuchWeek as wrong:
        raise CellRefused(CellReason.NOT_A_WEEK) from wrong
    return number


def month(text: str) -> int:
    """ "2027-04" as 202704."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise CellRefused(CellReason.NOT_A_MONTH)
    return int(found[1]) * 100 + int(found[2])


def day(text: str) -> str:
    """ "2026-11-21" or "21.11.2026", as the former."""
    found = _POLISH_DAY.fullmatch(text)
    try:
        read = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError as wrong:
        raise CellRefused(CellReason.NOT_A_DAY) from wrong
    return read.isoformat()


def line(*, most: int) -> Reader:
    """One line of text."""

    def read(text: str) -> str:
        try:
            return clean_line(text, max_length=most)
        except TextError as wrong:
            raise CellRefused(CellReason.NOT_A_LINE) from wrong

    return read


def code(text: str) -> str:
    """A code in small letters: of an item, a region."""
    return str(line(most=40)(text)).lower()


def fund(text: str) -> str:
    """A need's or fund's code, as the books write it."""
    return str(line(most=40)(text)).upper()


def choice(values: type[models.TextChoices], words: Mapping[str, str]) -> Reader:
    """One of the choices, by its value or by what people call it in Polish or English."""
    known = {value: value for value in values.values} | dict(words)

    def read(text: str) -> str:
        wanted = known.get(text.strip().lower())
        if wanted is None:
            raise CellRefused(CellReason.NOT_A_CHOICE, choices=", ".join(known))
        return wanted

    return read
