"""Which months a kind of report is about, and what it is called in addresses."""

from transparency.models import ReportKind

FIRST_YEAR, LAST_YEAR = 2000, 9998


class NoSuchPeriod(ValueError):
    """What was typed is no month, no year, or not the present month of a month-to-date report. Expected."""

    def __init__(self, period: int) -> None:
        super().__init__(str(period))
        self.period = period


def months_of(*, kind: ReportKind, period: int) -> tuple[int, int]:
    """The first and last month that a kind of report is about. Raises NoSuchPeriod."""
    if kind in (ReportKind.YEAR, ReportKind.COHORT):
        first, last = period * 100 + 1, period * 100 + 12
    elif kind is ReportKind.QUARTER:
        first = period - (period % 100 - 1) % 3
        last = first + 2
    else:
        first = last = period
    if not (FIRST_YEAR <= first // 100 <= LAST_YEAR and 1 <= first % 100 <= 12 and 1 <= last % 100 <= 12):
        raise NoSuchPeriod(period)
    return first, last


def slug_of(*, kind: ReportKind, first_period: int, revision: int, campaign: str = "") -> str:
    """The address of a revision: 2026-10-r1, 2026-q4-r1, 2026-r1, 2026-11-to-date-r3, campaign-winter-r1, cohort-2025-r1."""
    return f"{address_of(kind=kind, first_period=first_period, campaign=campaign)}-r{revision}"


def address_of(*, kind: ReportKind, first_period: int, campaign: str = "") -> str:
    """The address that leads to the newest revision: 2026-10, 2026-q4, 2026, 2026-11-to-date, campaign-winter, cohort-2025."""
    year, month = divmod(first_period, 100)
    return {
        ReportKind.MONTH: f"{year}-{month:02d}",
        ReportKind.TO_DATE: f"{year}-{month:02d}-to-date",
        ReportKind.QUARTER: f"{year}-q{(month + 2) // 3}",
        ReportKind.YEAR: f"{year}",
        ReportKind.CAMPAIGN: f"campaign-{campaign}",
        ReportKind.COHORT: f"cohort-{year}",
    }[ReportKind(kind)]
