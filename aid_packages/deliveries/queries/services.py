"""Services performed, in units, with people where they were counted."""

from dataclasses import dataclass

from aid_packages.deliveries.queries.bands import band_from
from aid_packages.deliveries.queries.rows import Upto, fetch, shown_until, texts


@dataclass(frozen=True)
class ServiceRow:
    """One service for one fund over some months. `people`: at least so many, None below five or where nobody counted."""

    fund_code: str
    service_code: str
    name: dict[str, str]
    units: int
    people: int | None
    unit: str
    """A value of Unit."""


_SERVICES = """
SELECT service.fund_code, item.code, item.title, sum(service.units)::bigint, sum(service.people)::bigint, item.unit
  FROM deliveries_service service
  JOIN deliveries_aiditem item ON item.id = service.item_id
 WHERE service.id <= %(service)s AND service.period BETWEEN %(first)s AND %(last)s
 GROUP BY service.fund_code, item.code, item.title, item.unit
HAVING sum(service.units) <> 0
 ORDER BY service.fund_code, item.code
"""


def services(*, first_period: int, last_period: int, upto: Upto) -> list[ServiceRow]:
    """What was done in the months, by fund and service. One query."""
    facts = {
        "first": first_period,
        "last": shown_until(last_period=last_period, upto=upto),
        "service": upto.get("service", 0),
    }
    return [
        ServiceRow(fund, code, texts(name), units, band_from(people), unit)
        for fund, code, name, units, people, unit in fetch(_SERVICES, facts)
    ]
