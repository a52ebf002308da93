"""What the demo's money became in units: goods bought and given, kept, handed on, lost; and work done for people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from aid_packages.deliveries.models import AidItem, AidKind, Place, Unit, ValueBasis
from aid_packages.deliveries.operations import (
    Handed,
    buy_lot,
    name_item,
    receive_in_kind,
    record_delivery,
    record_service,
    reserve,
    tie_to_package,
    write_off,
)
from aid_packages.deliveries.weeks import week_end, week_of
from aid_packages.models import Allocation, SpendingDocument
from shop.demo.content.months import Months
from shop.demo.content.staff import Staff

REASON = "demo: from the week's list"
Step = tuple[datetime, Callable[[], object]]

ITEMS: tuple[tuple[str, AidKind, Unit, str, str, str], ...] = (
    ("sleeping-bag", AidKind.GOODS, Unit.PIECE, "Śpiwór do -5 °C", "Sleeping bag to -5 °C", "WARM-NIGHT"),
    ("insulating-mat", AidKind.GOODS, Unit.PIECE, "Mata izolacyjna", "Insulating mat", "WARM-NIGHT"),
    ("foil-blanket", AidKind.GOODS, Unit.PIECE, "Folia NRC", "Foil blanket", "WARM-NIGHT"),
    ("wool-blanket", AidKind.GOODS, Unit.PIECE, "Koc wełniany", "Wool blanket", ""),
    ("dressing-set", AidKind.GOODS, Unit.SET, "Zestaw opatrunkowy", "Dressing set", "FIRST-AID"),
    ("heat-pack", AidKind.GOODS, Unit.PIECE, "Ogrzewacze chemiczne", "Heat packs", "FIRST-AID"),
    ("boots", AidKind.GOODS, Unit.PAIR, "Buty wodoodporne", "Waterproof boots", "DRY-BOOTS"),
    ("wool-socks", AidKind.GOODS, Unit.PAIR, "Skarpety wełniane", "Wool socks", "DRY-CLOTHES"),
    ("thermal-underwear", AidKind.GOODS, Unit.SET, "Bielizna termiczna", "Thermal underwear", "DRY-CLOTHES"),
    ("hat-and-gloves", AidKind.GOODS, Unit.SET, "Czapka i rękawice", "Hat and gloves", "DRY-CLOTHES"),
    ("food-ration", AidKind.GOODS, Unit.PIECE, "Racja żywnościowa", "Food ration", "FOOD-3-DAYS"),
    ("water", AidKind.GOODS, Unit.PIECE, "Woda 1,5 l", "Water 1.5 l", "FOOD-3-DAYS"),
    ("purification-tablets", AidKind.GOODS, Unit.SET, "Tabletki do uzdatniania", "Purification tablets", "FOOD-3-DAYS"),
    ("legal-consultation", AidKind.SERVICE, Unit.CONSULTATION, "Konsultacja prawna", "Legal consultation", ""),
    ("intervention", AidKind.SERVICE, Unit.INTERVENTION, "Interwencja w terenie", "Intervention in the field", ""),
    ("polish-lesson", AidKind.SERVICE, Unit.LESSON, "Lekcja polskiego", "Polish lesson", ""),
)


@dataclass(frozen=True)
class PlannedLot:
    """Units bought on the demo's documents (envelope's key, number of the document); cost of the lot in grosze."""

    document: tuple[str, int]
    share: float
    """When in its month, after the document was accepted."""
    item: str
    units: int
    cost: int
    fund: str
    region: str
    keeps_months: int = 0


LOTS = (
    PlannedLot(("a1", 1), 0.32, "sleeping-bag", 20, 264_000, "WARM-NIGHT", "north"),
    PlannedLot(("a1", 1), 0.32, "insulating-mat", 20, 46_000, "WARM-NIGHT", "north"),
    PlannedLot(("a1", 2), 0.44, "sleeping-bag", 15, 196_500, "WARM-NIGHT", "south"),
    PlannedLot(("a1", 2), 0.44, "foil-blanket", 150, 51_000, "WARM-NIGHT", "south"),
    PlannedLot(("a4", 1), 0.47, "dressing-set", 10, 91_900, "FIRST-AID", "north", 30),
    PlannedLot(("a4", 1), 0.47, "heat-pack", 95, 57_000, "FIRST-AID", "north", 2),
    PlannedLot(("b1", 1), 0.52, "boots", 15, 227_700, "DRY-CLOTHES", "north"),
    PlannedLot(("b1", 1), 0.52, "wool-socks", 30, 54_000, "DRY-CLOTHES", "north"),
    PlannedLot(("b1", 2), 0.64, "thermal-underwear", 18, 136_800, "DRY-CLOTHES", "south"),
    PlannedLot(("b1", 2), 0.64, "hat-and-gloves", 20, 61_500, "DRY-CLOTHES", "south"),
    PlannedLot(("b2", 1), 0.32, "food-ration", 60, 117_000, "FOOD-WATER", "south", 14),
    PlannedLot(("b2", 1), 0.32, "water", 200, 47_000, "FOOD-WATER", "south", 9),
    PlannedLot(("b2", 2), 0.44, "purification-tablets", 50, 76_500, "FOOD-WATER", "north", 24),
    PlannedLot(("b2", 2), 0.44, "food-ration", 25, 45_000, "FOOD-WATER", "north", 1),
)
BUNDLES: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    ("WARM-NIGHT", (("sleeping-bag", 1), ("insulating-mat", 1))),
    ("DRY-CLOTHES", (("boots", 1), ("wool-socks", 2))),
    ("FOOD-WATER", (("food-ration", 3), ("water", 6))),
    ("WARM-NIGHT", (("foil-blanket", 4),)),
    ("FIRST-AID", (("heat-pack", 6),)),
    ("DRY-CLOTHES", (("thermal-underwear", 1), ("hat-and-gloves", 1))),
    ("FOOD-WATER", (("purification-tablets", 2),)),
    ("FIRST-AID", (("dressing-set", 1),)),
    ("WARM-NIGHT", (("wool-blanket", 1),)),
)
SERVICES = (
    ("legal-consultation", "LAWYER", "country", 7, 6, 4),
    ("legal-consultation", "LAWYER", "centres", 3, 3, 2),
    ("intervention", "FIELD-TEAM", "south", 4, 9, 3),
    ("intervention", "FIELD-TEAM", "north", 2, None, None),
    ("polish-lesson", "FIRST-STEPS", "country", 8, 12, 5),
)
"""Item, fund, region, units a week, and people and nationalities where somebody counted."""


@dataclass
class Store:
    """What lies in the store as the story goes on, so that it hands on only what is there."""

    left: dict[str, int] = field(default_factory=dict)
    turn: int = 0

    def next_bundle(self) -> tuple[str, tuple[tuple[str, int], ...]] | None:
        """The next thing of the round of which there is enough."""
        for _each in BUNDLES:
            fund, things = BUNDLES[self.turn % len(BUNDLES)]
            self.turn += 1
            if all(self.left.get(item, 0) >= units for item, units in things):
                return fund, things
        return None


def plan_goods(*, months: Months, staff: Staff) -> Iterator[Step]:
    """What came in and what became of it, and when somebody wrote it down: help as soon as its week is over.

    Not an hour later: what comes in on that Monday is of the next week, and nothing of the last can be made of it.
    """
    store = Store()
    yield months.at(months.first, 0.05), lambda: _name_items(months, staff)
    for number, lot in enumerate(LOTS):
        period = months.first if lot.document[0].startswith("a") else months.second
        at = months.at(period, lot.share)
        yield at, _buying(number=number, lot=lot, period=period, at=at, staff=staff, store=store)
    given_at = months.at(months.first, 0.36)
    yield given_at, lambda: _receive(at=given_at, staff=staff, store=store)
    kept_at = months.at(months.second, 0.7)
    yield kept_at, lambda: _keep_and_lose(at=kept_at, staff=staff, store=store)
    at = months.at(months.first, 0.45)
    week = week_of(at)
    while (monday := week_end(week)) <= months.now:
        yield monday, _week(week=week, at=monday, staff=staff, store=store)
        week = week_of(monday)


def _name_items(months: Months, staff: Staff) -> None:
    now = months.at(months.first, 0.05)
    for code, kind, unit, polish, english, sku in ITEMS:
        who = {"actor": staff.ada, "reason": REASON, "now": now}
        item = name_item(code=code, kind=kind, unit=unit, title_pl=polish, title_en=english, **who)
        if sku:
            tie_to_package(item=item, sku=sku, part=polish, **who)


def _buying(
    *, number: int, lot: PlannedLot, period: int, at: datetime, staff: Staff, store: Store
) -> Callable[[], object]:
    def do() -> None:
        key, document = lot.document
        paper = SpendingDocument.objects.get(number=f"FV/{period}/{key}/{document}")
        buy_lot(
            item_code=lot.item,
            units=lot.units,
            cost_minor=lot.cost,
            document_id=paper.pk,
            fund_code=lot.fund,
            region_code=lot.region,
            week=week_of(at),
            use_by=_months_later(period, lot.keeps_months) if lot.keeps_months else None,
            actor=staff.ada,
            reason=REASON,
            request_key=f"demo:lot:{number}",
            now=at,
        )
        store.left[lot.item] = store.left.get(lot.item, 0) + lot.units

    return do


def _receive(*, at: datetime, staff: Staff, store: Store) -> None:
    receive_in_kind(
        item_code="wool-blanket",
        units=24,
        value_minor=192_000,
        value_basis=ValueBasis.PRICE_LIST,
        fund_code="FOREST",
        region_code="north",
        week=week_of(at),
        actor=staff.ada,
        reason=REASON,
        request_key="demo:lot:blankets",
        now=at,
    )
    store.left["wool-blanket"] = 24


def _keep_and_lose(*, at: datetime, staff: Staff, store: Store) -> None:
    """Two pairs of boots are kept for the winter, three rations got wet, a few blankets are past use."""
    common = {"actor": staff.ada, "reason": REASON, "now": at}
    boots, rations, packs = (
        AidItem.objects.get(code=code).lots.first() for code in ("boots", "food-ration", "heat-pack")
    )
    envelope = Allocation.objects.get(request_key="demo:b1")
    if store.left.get("boots", 0) >= 2 and boots:
        reserve(lot_id=boots.pk, allocation_id=envelope.pk, units=2, request_key="demo:kept:boots", **common)
        store.left["boots"] -= 2
    for place, lot, units in ((Place.LOST, rations, 3), (Place.EXPIRED, packs, 5)):
        if lot and store.left.get(lot.item.code, 0) >= units:
            facts = {"lot_id": lot.pk, "place": place, "units": units, "week": week_of(at)}
            write_off(**facts, request_key=f"demo:gone:{place.value}", **common)
            store.left[lot.item.code] -= units


def _week(*, week: int, at: datetime, staff: Staff, store: Store) -> Callable[[], object]:
    def do() -> None:
        for place, region in enumerate(("north", "south")):
            for number in range(5 + (week + place) % 3):
                _hand_on(week=week, region=region, number=number, at=at, staff=staff, store=store)
        for item, fund, region, units, people, nationalities in SERVICES:
            record_service(
                item_code=item,
                units=units + week % 2,
                fund_code=fund,
                region_code=region,
                week=week,
                people=people,
                nationalities=nationalities,
                actor=staff.ada,
                reason=REASON,
                request_key=f"demo:service:{week}:{item}:{region}",
                now=at,
            )

    return do


def _hand_on(*, week: int, region: str, number: int, at: datetime, staff: Staff, store: Store) -> None:
    bundle = store.next_bundle()
    if bundle is None:
        return
    fund, things = bundle
    record_delivery(
        fund_code=fund,
        region_code=region,
        week=week,
        handed=[Handed(item, units) for item, units in things],
        people=1 + (week + number) % 3 if number % 2 == 0 else None,
        actor=staff.ada,
        reason=REASON,
        request_key=f"demo:delivery:{week}:{region}:{number}",
        now=at,
    )
    for item, units in things:
        store.left[item] -= units


def _months_later(period: int, months: int) -> int:
    year, month = divmod(period // 100 * 12 + period % 100 - 1 + months, 12)
    return year * 100 + month + 1
