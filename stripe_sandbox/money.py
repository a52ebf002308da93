"""Integer money: fees as a Polish account pays them, exchange, and sums written out."""

from dataclasses import dataclass

#: The currency the account is paid in.
SETTLEMENT = "pln"

#: Currencies without a minor unit.
_WHOLE = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"}
)

#: Play rates into the settlement currency, in ten-thousandths.
_RATES = {"eur": 4_2500, "usd": 3_6500, "gbp": 4_9000, "czk": 1_750, "chf": 4_5500, "uah": 880}

#: Least sums in minor units, those of Stripe's documentation.
_LEAST = {"pln": 200, "eur": 50, "usd": 50, "gbp": 30, "czk": 1500, "chf": 50}
_MOST = 99_999_999
_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Fee:
    """A share in hundredths of a percent and a fixed part in grosze."""

    basis_points: int
    fixed: int

    def of(self, amount: int) -> int:
        """The fee for ``amount`` grosze: the share rounded half up to a grosz, plus the fixed part."""
        return (amount * self.basis_points + 5_000) // 10_000 + self.fixed


#: stripe.com/pl/pricing: cards of the European Economic Area, BLIK, Przelewy24, each with 1.00 zł.
FEES = {"card": Fee(150, 100), "blik": Fee(160, 100), "p24": Fee(220, 100)}

#: What the bank's network takes for each dispute, in grosze.
DISPUTE_FEE = 9_000


def exchange_rate(currency: str, moved: dict[str, int] | None = None) -> int | None:
    """Ten-thousandths of a złoty for one unit, of the play rates or of those that were ``moved``; None for the złoty."""
    return None if currency == SETTLEMENT else {**_RATES, **(moved or {})}[currency]


def settle(amount: int, currency: str, moved: dict[str, int] | None = None) -> int:
    """``amount`` minor units of a currency in grosze, rounded half up."""
    rate = exchange_rate(currency, moved)
    if rate is None:
        return amount
    units = amount * 100 if currency in _WHOLE else amount
    return (units * rate + 5_000) // 10_000


def is_known(currency: str) -> bool:
    """Whether the sandbox can take payments in this currency (lowercase)."""
    return currency == SETTLEMENT or currency in _RATES


def least(currency: str) -> int:
    """The least sum that can be charged, in minor units."""
    return _LEAST.get(currency, 50)


def most() -> int:
    """The greatest sum that can be charged, in minor units."""
    return _MOST


def written(amount: int, currency: str, language: str = "en") -> str:
    """The sum as a person writes it, ``1 250,00 zł`` or ``PLN 1,250.00``, with spaces that don't break a line."""
    whole, part = divmod(abs(amount), 100)
    sign = "-" if amount < 0 else ""
    if language == "pl":
        digits = f"{whole:,}".replace(",", _SPACE) + f",{part:02}"
        return f"{sign}{digits}{_SPACE}{'zł' if currency == 'pln' else currency.upper()}"
    symbol = {"pln": f"PLN{_SPACE}", "eur": "€", "usd": "$", "gbp": "£"}.get(currency, currency.upper() + _SPACE)
    return f"{sign}{symbol}{whole:,}.{part:02}"
