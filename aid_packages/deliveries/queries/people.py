"""How many people were reached, where somebody really counted."""

from dataclasses import dataclass

from aid_packages.deliveries.queries.bands import LEAST, band_from
from aid_packages.deliveries.queries.rows import Upto, fetch, shown_until


@dataclass(frozen=True)
class PeopleCount:
    """People counted at deliveries and services: somebody who was helped twice is counted twice.

    Months in which fewer than five were counted are left out of several months' count.

    `counted` is the lower end of a band of five ("at least 40"), `below` its upper end; both None below five or where
    nobody counted. `nationalities`: the most that were counted at one act, so "at least"; None with `counted`.
    """

    counted: int | None
    nationalities: int | None
    below: int | None = None


# A month in which few were counted says nothing in its own report, nor does it in a year's: less the other months it would be
# told. What is taken back is taken from the month it was counted in, where that is one of these.
_PEOPLE = """
SELECT sum(people)::bigint, max(nationalities)
  FROM (
        SELECT sum(people) AS people, max(nationalities) FILTER (WHERE stands) AS nationalities
          FROM (
                SELECT act.people, act.nationalities, greatest(coalesce(taken.period, act.period), %(first)s) AS month,
                       act.counters_id IS NULL AND NOT EXISTS (
                           SELECT FROM deliveries_delivery back
                            WHERE back.counters_id = act.id AND back.id <= %(delivery)s AND back.period <= %(last)s
                       ) AS stands
                  FROM deliveries_delivery act LEFT JOIN deliveries_delivery taken ON taken.id = act.counters_id
                 WHERE act.id <= %(delivery)s AND act.period BETWEEN %(first)s AND %(last)s AND act.people IS NOT NULL
                UNION ALL
                SELECT act.people, act.nationalities, greatest(coalesce(taken.period, act.period), %(first)s),
                       act.counters_id IS NULL AND NOT EXISTS (
                           SELECT FROM deliveries_service back
                            WHERE back.counters_id = act.id AND back.id <= %(service)s AND back.period <= %(last)s
                       )
                  FROM deliveries_service act LEFT JOIN deliveries_service taken ON taken.id = act.counters_id
                 WHERE act.id <= %(service)s AND act.period BETWEEN %(first)s AND %(last)s AND act.people IS NOT NULL
               ) counted
         GROUP BY month HAVING sum(people) >= %(least)s
       ) month
"""


def people(*, first_period: int, last_period: int, upto: Upto) -> PeopleCount:
    """The people counted in the months. One query."""
    facts = {
        "least": LEAST,
        "first": first_period,
        "last": shown_until(last_period=last_period, upto=upto),
        **{name: upto.get(name, 0) for name in ("delivery", "service")},
    }
    [(counted, nationalities)] = fetch(_PEOPLE, facts)
    lowest = band_from(counted)
    if lowest is None:
        return PeopleCount(counted=None, nationalities=None)
    return PeopleCount(counted=lowest, nationalities=nationalities, below=lowest + LEAST)
