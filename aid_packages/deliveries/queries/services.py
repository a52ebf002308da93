"""Services performed, in units, with people where they were counted."""

from dataclasses import dataclass

from aid_packages.deliveries.models import Unit
from aid_packages.deliveries.queries.bands import LEAST, band_from
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


PERSONAL = (Unit.CONSULTATION, Unit.VISIT)
"""Units of which each is one person's, or one family's: fewer than five of them in a month are nobody's to know."""

# By month first: were a year to count what its months leave out, the difference would tell it.
_SERVICES = """
SELECT monthly.fund_code, item.code, item.title, sum(monthly.units)::bigint, sum(monthly.people)::bigint, item.unit
  FROM (
        SELECT fund_code, item_id, period, sum(units) AS units, sum(people) AS people
          FROM deliveries_service
         WHERE id <= %(service)s AND period BETWEEN %(first)s AND %(last)s
         GROUP BY fund_code, item_id, period
       ) monthly
  JOIN deliveries_aiditem item ON item.id = monthly.item_id
 WHERE item.unit <> ALL (%(personal)s) OR monthly.units >= %(least)s
 GROUP BY monthly.fund_code, item.code, item.title, item.unit
HAVING sum(monthly.units) <> 0
 ORDER BY monthly.fund_code, item.code
"""


def services(*, first_period: int, last_period: int, upto: Upto) -> list[ServiceRow]:
    """What was done in the months, by fund and service. One query.

    Of consultations and visits a month counts from five on, in each report that covers it.
    """
    facts = {
        "first": first_period,
        "last": shown_until(last_period=last_period, upto=upto),
        "service": upto.get("service", 0),
        "personal": [unit.value for unit in PERSONAL],
        "least": LEAST,
    }
    return [
        ServiceRow(fund, code, texts(name), units, band_from(people), unit)
        for fund, code, name, units, people, unit in fetch(_SERVICES, facts)
    ]
