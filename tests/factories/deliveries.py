"""Goods and services for tests: items, lots in store, and what was handed on."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aid_packages.deliveries.models import (
    AidItem,
    AidKind,
    Delivery,
    ImportKind,
    ImportRun,
    Lot,
    Service,
    Unit,
    ValueBasis,
)
from aid_packages.deliveries.operations import (
    Handed,
    buy_lot,
    name_item,
    receive_in_kind,
    record_delivery,
    record_service,
)
from aid_packages.deliveries.operations.imports import hand_in
from aid_packages.deliveries.queries import stock_of
from aid_packages.models import Allocation
from tests.factories.aid_packages import accepted, approved, hold, make_envelope_books, make_staff, purchased
from tests.factories.imports import deliveries_csv
from tests.factories.time import NOW

LAST_WEEK = 202646
"""The last week that is over at NOW."""
OCTOBER = 202641
"""A week of a month that ended more than fourteen days before NOW."""

TITLES = {
    "sleeping-bag": ("Śpiwór do -5 °C", "Sleeping bag to -5 °C"),
    "boots": ("Buty wodoodporne", "Waterproof boots"),
    "consultation": ("Konsultacja prawna", "Legal consultation"),
}


def act(**changed: Any) -> dict[str, Any]:
    """Who acts, why, when, and under which key."""
    return {"actor": make_staff("ada"), "reason": "as counted", "request_key": f"test:{uuid4()}", "now": NOW} | changed


def make_item(code: str = "sleeping-bag", *, kind: AidKind = AidKind.GOODS, unit: Unit = Unit.PIECE) -> AidItem:
    """An item."""
    polish, english = TITLES.get(code, (code, code))
    asked = act()
    asked.pop("request_key")
    return name_item(code=code, kind=kind, unit=unit, title_pl=polish, title_en=english, **asked)


def make_store_books() -> None:
    """Open books with funds, partners and a region, a bank account, and two items and a service."""
    make_envelope_books()
    hold(fund_code="WARM-NIGHT", amount_minor=1_000_000, reference="warm")
    make_item()
    make_item("boots", unit=Unit.PAIR)
    make_item("consultation", kind=AidKind.SERVICE, unit=Unit.CONSULTATION)


def given(units: int = 10, *, item: str = "sleeping-bag", week: int = OCTOBER, **changed: Any) -> Lot:
    """A lot given in kind, for WARM-NIGHT, in the north."""
    asked = {
        "value_minor": 10_000 * units,
        "value_basis": ValueBasis.PRICE_LIST,
        "fund_code": "WARM-NIGHT",
        "region_code": "north",
    }
    return receive_in_kind(item_code=item, units=units, week=week, **act(**asked | changed))


def bought(units: int = 10, *, cost_minor: int = 129_000, item: str = "sleeping-bag", **changed: Any) -> Lot:
    """A lot bought on a document of its own, which another person accepted."""
    document_id = changed.pop("document_id", None) or documented(amount_minor=cost_minor)
    asked = {"fund_code": "WARM-NIGHT", "region_code": "north", "week": OCTOBER}
    return buy_lot(
        item_code=item, units=units, cost_minor=cost_minor, document_id=document_id, **act(**asked | changed)
    )


def envelope(**changed: Any) -> Allocation:
    """An approved envelope of our own, of WARM-NIGHT, in the north."""
    return approved(**{"partner_code": None, **changed})


def documented(*, amount_minor: int) -> int:
    """An accepted purchase of this many grosze; its document's id."""
    return accepted(purchased(envelope(amount_minor=amount_minor), amount_minor=amount_minor).document).pk


def handed(units: int = 1, *, item: str = "sleeping-bag", week: int = OCTOBER, **changed: Any) -> Delivery:
    """A delivery for WARM-NIGHT in the north."""
    asked = {"fund_code": "WARM-NIGHT", "region_code": "north", "handed": [Handed(item, units)]}
    return record_delivery(week=week, **act(**asked | changed))


def done(units: int = 1, *, item: str = "consultation", week: int = OCTOBER, **changed: Any) -> Service:
    """A service for WARM-NIGHT in the north."""
    asked = {"fund_code": "WARM-NIGHT", "region_code": "north"}
    return record_service(item_code=item, units=units, week=week, **act(**asked | changed))


def stock_free(lot: Lot) -> int:
    """The units of a lot that are free."""
    return stock_of(lot_ids=[lot.pk])[lot.pk].free


@dataclass(frozen=True)
class OneOfEach:
    """A thing behind each page of the desk on goods and services."""

    item: AidItem
    lot: Lot
    delivery: Delivery
    service: Service
    run: ImportRun

    def addresses(self) -> dict[str, dict[str, Any]]:
        """What their addresses are made of."""
        return {
            "staff:good": {"item_id": self.item.pk},
            "staff:lot": {"lot_id": self.lot.pk},
            "staff:delivery": {"delivery_id": self.delivery.pk},
            "staff:service": {"service_id": self.service.pk},
            "staff:import": {"run_id": self.run.pk},
            "staff:import_template": {"kind": "lots", "form": "csv"},
        }


def one_of_each() -> OneOfEach:
    """In books that hold WARM-NIGHT and the region north."""
    item, _service = make_item(), make_item("consultation", kind=AidKind.SERVICE, unit=Unit.CONSULTATION)
    rows = deliveries_csv(["", "sleeping-bag", 1, "warm-night", "north", "2026-W41", "", "", ""])
    lot = given(5)
    return OneOfEach(
        item=item,
        lot=lot,
        delivery=handed(1),
        service=done(2),
        run=hand_in(kind=ImportKind.DELIVERIES, content=rows, actor=make_staff("ada"), now=NOW),
    )
