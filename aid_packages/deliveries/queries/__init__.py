"""Questions about help in units. What reports ask takes months and the ids kept with a mark: the same answer for ever."""

from aid_packages.deliveries.queries.acts import ActRow, WeekRow, acts_of_help, weeks
from aid_packages.deliveries.queries.bands import LEAST, band, band_from
from aid_packages.deliveries.queries.need import HandedOn, NeedInUnits, need_in_units
from aid_packages.deliveries.queries.papers import (
    Paper,
    WithoutDocument,
    lots_of_family,
    lots_on,
    papers_of,
    without_document,
)
from aid_packages.deliveries.queries.people import PeopleCount, people
from aid_packages.deliveries.queries.rows import Upto, last_ids, latest_shown
from aid_packages.deliveries.queries.services import ServiceRow, services
from aid_packages.deliveries.queries.stock import LotStock, held, reserved_for, stock_of
from aid_packages.deliveries.queries.unit_costs import CostRow, average, unit_costs
from aid_packages.deliveries.queries.units import UnitRow, units
from aid_packages.deliveries.queries.waiting import NearExpiry, near_expiry

__all__ = [
    "LEAST",
    "ActRow",
    "CostRow",
    "HandedOn",
    "LotStock",
    "NearExpiry",
    "NeedInUnits",
    "Paper",
    "PeopleCount",
    "ServiceRow",
    "UnitRow",
    "Upto",
    "WeekRow",
    "WithoutDocument",
    "acts_of_help",
    "average",
    "band",
    "band_from",
    "held",
    "last_ids",
    "latest_shown",
    "lots_of_family",
    "lots_on",
    "near_expiry",
    "need_in_units",
    "papers_of",
    "people",
    "reserved_for",
    "services",
    "stock_of",
    "unit_costs",
    "units",
    "weeks",
    "without_document",
]
