"""What acts on goods and services may refuse, and the checks they share."""

from collections.abc import Collection
from datetime import datetime

from aid_packages.deliveries.models import AidItem, AidKind, Lot
from aid_packages.deliveries.queries.papers import lots_of_family
from aid_packages.deliveries.weeks import week_end, week_of
from aid_packages.models import Region
from ledger.models import Fund


class UnknownItem(LookupError):
    """No item has this code, or it is of the other kind. Expected: a code may be mistyped."""

    def __init__(self, *, code: str) -> None:
        super().__init__(f"no item {code}")
        self.code = code


class UnknownRegion(LookupError):
    """No region of the fixed list has this code. Expected: a code may be mistyped."""

    def __init__(self, *, code: str) -> None:
        super().__init__(f"no region {code}")
        self.code = code


class UnknownNeed(LookupError):
    """No fund of an area or need has this code. Expected: a code may be mistyped."""

    def __init__(self, *, fund_code: str) -> None:
        super().__init__(f"no fund {fund_code} for aid")
        self.fund_code = fund_code


class WeekNotOver(ValueError):
    """A delivery or service of a week that is not over. Expected: what is written down later tells nobody a day."""

    def __init__(self, *, week: int) -> None:
        super().__init__(f"week {week} is not over")
        self.week = week


class FutureWeek(ValueError):
    """A week that has not begun. Expected: a typing mistake."""

    def __init__(self, *, week: int) -> None:
        super().__init__(f"week {week} has not begun")
        self.week = week


class WeekTooEarly(ValueError):
    """Goods that would have moved before they came in. Expected: a typing mistake."""

    def __init__(self, *, week: int, came_in: int) -> None:
        super().__init__(f"week {week} is before {came_in}, when the lot came in")
        self.week = week
        self.came_in = came_in


class BadUnits(ValueError):
    """Less than one unit, or more than anybody could mean. Expected: a typing mistake."""

    def __init__(self, *, units: int) -> None:
        super().__init__(f"{units} units")
        self.units = units


class BadPeople(ValueError):
    """People or nationalities that can't be: none counted, more nationalities than people. Expected."""


class NotEnough(ValueError):
    """Fewer units are there than would be moved. Expected: somebody else may have been quicker."""

    def __init__(self, *, available: int, wanted: int) -> None:
        super().__init__(f"{available} units are there, {wanted} are wanted")
        self.available = available
        self.wanted = wanted


class OtherPurpose(ValueError):
    """Goods bought for one purpose would be used for another. Expected. Goods of a fund serve it and what lies below it."""

    def __init__(self, *, lot_fund: str, fund_code: str) -> None:
        super().__init__(f"goods of {lot_fund} can't serve {fund_code}")
        self.lot_fund = lot_fund
        self.fund_code = fund_code


class AlreadyTakenBack(ValueError):
    """A row that was taken back before, or that itself takes another back. Expected: the page may be old."""

    def __init__(self, *, subject: str) -> None:
        super().__init__(f"{subject} was taken back before")
        self.subject = subject


MOST_UNITS = 1_000_000
MOST_PEOPLE = 100_000
MOST_NATIONALITIES = 200


def find_item(*, code: str, kind: AidKind) -> AidItem:
    """The item of this code and kind. Raises UnknownItem."""
    item = AidItem.objects.filter(code=code, kind=kind).first()
    if item is None:
        raise UnknownItem(code=code)
    return item


def find_region(*, code: str) -> Region:
    """The region of this code. Raises UnknownRegion."""
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise UnknownRegion(code=code)
    return region


def require_fund(*, fund_code: str) -> None:
    """Raises UnknownNeed unless it is a fund that aid is given from."""
    if fund_code == "ADMIN" or not Fund.objects.filter(code=fund_code).exists():
        raise UnknownNeed(fund_code=fund_code)


def require_week_over(*, week: int, now: datetime) -> None:
    """Raises WeekNotOver, NoSuchWeek."""
    if week_end(week) > now:
        raise WeekNotOver(week=week)


def require_week_begun(*, week: int, now: datetime) -> None:
    """Raises FutureWeek, NoSuchWeek."""
    week_end(week)  # refuses what is no week
    if week > week_of(now):
        raise FutureWeek(week=week)


def require_units(*, units: int) -> None:
    """Raises BadUnits."""
    if not 0 < units <= MOST_UNITS:
        raise BadUnits(units=units)


def require_people(*, people: int | None, nationalities: int | None) -> None:
    """Raises BadPeople. None where nobody counted."""
    if people is not None and not 0 < people <= MOST_PEOPLE:
        raise BadPeople
    if nationalities is not None and (people is None or not 0 < nationalities <= min(people, MOST_NATIONALITIES)):
        raise BadPeople


def require_purpose(*, lot: Lot, fund_code: str) -> None:
    """Raises OtherPurpose unless the lot's fund is `fund_code` itself or lies above it in the tree."""
    if lot.fund_code not in upwards(fund_code=fund_code):
        raise OtherPurpose(lot_fund=lot.fund_code, fund_code=fund_code)


def upwards(*, fund_code: str) -> list[str]:
    """The fund and those above it, from the ground to GENERAL."""
    parents = dict(Fund.objects.values_list("code", "parent__code"))
    way: list[str] = []
    step: str | None = fund_code
    while step is not None and step not in way:
        way.append(step)
        step = parents.get(step)
    return way


def booked_on_document(*, document_id: int, besides: Collection[int] = ()) -> int:
    """The grosze of an invoice, with its corrections, that lots account for already; those `besides`, and back, apart."""
    standing = lots_of_family(document_id=document_id)
    counted = (paper for lot_id, paper in standing.items() if lot_id not in besides and not paper.is_taken_back)
    return sum(paper.cost_minor for paper in counted)
