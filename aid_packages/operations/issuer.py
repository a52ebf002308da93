"""Who issued a document: known by a NIP in Poland, by its country's own number elsewhere."""

import re
from dataclasses import dataclass

from babel import Locale
from stdnum.exceptions import ValidationError as NumberError
from stdnum.pl import nip as polish_nip

POLAND = "PL"
NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
COUNTRIES = frozenset(
    code for code in Locale("en").territories if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
)
"""Two letters for each country, as Unicode's list of territories has them."""
_SIGNS = re.compile(r"[^A-Z0-9]")


class BadNip(ValueError):
    """An issuer's NIP that can't be one: its length or check digit is wrong. Expected."""

    def __init__(self, *, nip: str) -> None:
        super().__init__(nip)
        self.nip = nip


class BadCountry(ValueError):
    """No country has these two letters. Expected."""

    def __init__(self, *, country: str) -> None:
        super().__init__(country)
        self.country = country


class BadForeignId(ValueError):
    """A foreign issuer without a number, with one of another shape, or with a NIP besides. Expected."""

    def __init__(self, *, foreign_id: str) -> None:
        super().__init__(foreign_id)
        self.foreign_id = foreign_id


@dataclass(frozen=True)
class Issuer:
    """What makes an issuer the same one, however its number was typed."""

    country: str
    nip: str
    foreign_id: str

    def fields(self) -> dict[str, str]:
        """As a document's row keeps it."""
        return {"issuer_country": self.country, "issuer_nip": self.nip, "issuer_id": self.foreign_id}


def known_issuer(*, country: str, nip: str, foreign_id: str) -> Issuer:
    """The issuer in its one spelling: a NIP's ten digits, or a country and its number in capitals without signs.

    Raises BadNip, BadCountry, BadForeignId.
    """
    country = country.strip().upper() or POLAND
    if country not in COUNTRIES:
        raise BadCountry(country=country)
    typed = _SIGNS.sub("", foreign_id.upper())
    if country == POLAND:
        if typed:
            raise BadForeignId(foreign_id=foreign_id)
        return Issuer(country=country, nip=_nip(nip), foreign_id="")
    own = typed.removeprefix(country)
    if nip.strip() or not 2 <= len(own) <= 40 or not foreign_id.isascii():
        raise BadForeignId(foreign_id=foreign_id)
    return Issuer(country=country, nip="", foreign_id=own)


def _nip(text: str) -> str:
    try:
        return str(polish_nip.validate(text))
    except NumberError as wrong:
        raise BadNip(nip=text) from wrong
