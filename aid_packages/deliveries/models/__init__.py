"""The nouns of help in units: items, lots and their moves, deliveries, services, imports."""

from aid_packages.deliveries.models.delivery import Delivery
from aid_packages.deliveries.models.import_run import ImportKind, ImportRun, ImportState
from aid_packages.deliveries.models.item import AidItem, AidKind, Unit
from aid_packages.deliveries.models.lot import Lot, Origin, ValueBasis
from aid_packages.deliveries.models.lot_paper import LotPaper
from aid_packages.deliveries.models.planned_cost import PlannedCost
from aid_packages.deliveries.models.service import Service
from aid_packages.deliveries.models.stock_move import MOVES, Place, StockMove

__all__ = [
    "MOVES",
    "AidItem",
    "AidKind",
    "Delivery",
    "ImportKind",
    "ImportRun",
    "ImportState",
    "Lot",
    "LotPaper",
    "Origin",
    "Place",
    "PlannedCost",
    "Service",
    "StockMove",
    "Unit",
    "ValueBasis",
]
