"""Who the simulated donors are and what they wish for, drawn from a seed: the same seed gives the same lives."""

import heapq
from dataclasses import dataclass
from random import Random

from payments.monthly_states import ActVerb, Interval, MonthlyKind

DAYS_A_YEAR = 365
FUNDS = (("WARM-NIGHT", "Ciepła noc"), ("FOREST", "Las"))
GOOD_CARD, CARD_THAT_FAILS_LATER = "4242424242424242", "4000000000000341"

WISHES: dict[ActVerb, int] = {
    ActVerb.CHANGE: 40,
    ActVerb.SKIP: 18,
    ActVerb.PAUSE: 12,
    ActVerb.CANCEL: 14,
    ActVerb.USE_METHOD: 6,
}
"""How often each is wished for, among a hundred wishes or so."""
DAYS_BETWEEN_WISHES = 240


@dataclass(frozen=True)
class Life:
    """A donor as they join. Sums are grosze; `card_expires` is how many months from joining the card lasts."""

    number: int
    joins_on: int
    kind: MonthlyKind
    interval: Interval
    day: int | None
    minor: int
    fund: int
    covers_fee: bool
    card: str
    card_lasts: int
    card_renews_itself: bool


@dataclass(frozen=True)
class Plan:
    """Something that a donor will do on a day, counted from the first of the simulation."""

    on_day: int
    number: int
    verb: ActVerb | None


class Lives:
    """All of them, and what is planned."""

    def __init__(self, *, donors: int, days: int, seed: int) -> None:
        self.random = Random(seed)
        self.days = days
        self.all = [self._draw(number) for number in range(donors)]
        self._plans: list[tuple[int, int, Plan]] = []
        self._count = 0
        for life in self.all:
            self._push(Plan(on_day=life.joins_on, number=life.number, verb=None))

    def due(self, day: int) -> list[Plan]:
        """What is planned up to this day and was not done yet."""
        found = []
        while self._plans and self._plans[0][0] <= day:
            found.append(heapq.heappop(self._plans)[2])
        return found

    def plan(self, *, number: int, verb: ActVerb | None, in_days: int, day: int) -> None:
        """Note a wish for later."""
        if day + in_days < self.days:
            self._push(Plan(on_day=day + max(1, in_days), number=number, verb=verb))

    def plan_next_wish(self, *, number: int, day: int) -> None:
        """Sooner or later everyone wants something."""
        verb = self.random.choices(list(WISHES), weights=list(WISHES.values()))[0]
        wait = int(self.random.expovariate(1 / DAYS_BETWEEN_WISHES))
        self.plan(number=number, verb=verb, in_days=wait, day=day)

    def _push(self, plan: Plan) -> None:
        self._count += 1
        heapq.heappush(self._plans, (plan.on_day, self._count, plan))

    def _draw(self, number: int) -> Life:
        draw = self.random
        return Life(
            number=number,
            joins_on=int(draw.random() * self.days * 0.9),
            kind=MonthlyKind.BY_HAND if draw.random() < 0.08 else MonthlyKind.AUTOMATIC,
            interval=draw.choices(list(Interval), weights=[55, 25, 20])[0],
            day=None if draw.random() < 0.5 else draw.choice([*range(1, 29), 29, 29, 30, 30, 31, 31, 31]),
            minor=draw.choice([1_000, 2_000, 2_999, 5_000, 5_000, 10_000, 33_333]),
            fund=draw.randrange(len(FUNDS)),
            covers_fee=draw.random() < 0.3,
            card=CARD_THAT_FAILS_LATER if draw.random() < 0.06 else GOOD_CARD,
            card_lasts=draw.choice([7, 14, 30, 200, 200, 200, 200, 200]),
            card_renews_itself=draw.random() < 0.5,
        )
