"""The method itself, without a database: whatever happens, every grosz is counted once."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transparency.attribution.lines import Line, Lines, Range, Taken, Want, shares, stand, without

ABOVE = {"NEED": "AREA", "AREA": "GENERAL", "GENERAL": None}
FUNDS = sorted(ABOVE)

amounts = st.integers(1, 40)
funds = st.sampled_from(FUNDS)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("gift"), funds, amounts),
        st.tuples(st.just("spend"), funds, amounts),
        st.tuples(st.just("move"), funds, amounts),
        st.tuples(st.just("free"), funds, st.integers(0, 8)),
    ),
    max_size=30,
)
Step = tuple[str, str, int]


class History:
    """Plays steps, and keeps what a plain reading of them says beside the lines."""

    def __init__(self) -> None:
        self.lines: Lines[int, str] = Lines()
        self.gifts: list[tuple[str, Range]] = []
        self.spent: dict[int, tuple[str, int]] = {}
        self.moved: set[int] = set()

    def plays(self, step: Step, number: int) -> None:
        what, fund, size = step
        if what == "gift":
            self.gifts.append((fund, self.lines.grow(fund=fund, by=size)))
        elif what == "spend":
            self.spent[number] = (fund, size)
            self.lines.spend(Want(number, fund, size))
        elif what == "move" and ABOVE[fund] is not None:
            self.moved.add(number)
            self.spent[number] = (fund, size)
            self.lines.spend(Want(number, fund, size, ABOVE[fund]))
        elif what == "free":
            undone = [key for key in self.spent if key not in self.moved]
            if undone:
                key = undone[size % len(undone)]
                where, _ = self.spent.pop(key)
                self.lines.free(key=key, fund=where)

    @property
    def counting(self) -> list[Taken[int, str]]:
        return [taken for taken in self.lines.taken if taken.key not in self.lines.freed]


def played(history: list[Step], look: Callable[[History], None] = lambda _: None) -> History:
    story = History()
    for number, step in enumerate(history):
        story.plays(step, number)
        look(story)
    return story


@given(history=steps)
def test_a_gifts_shares_and_what_waits_are_its_net(history: list[Step]) -> None:
    story = played(history)
    for fund, place in story.gifts:
        done, waiting = shares(place=place, fund=fund, taken=story.counting)
        assert sum(amount for _, amount in done) + waiting == place.length
        assert waiting >= 0


@given(history=steps)
def test_a_spendings_shares_are_its_amount_once_the_line_has_reached_it(history: list[Step]) -> None:
    story = played(history)
    taken = dict.fromkeys(story.spent, 0)
    for each in story.counting:
        taken[each.key] += each.where.length
    for key, (fund, amount) in story.spent.items():
        assert taken[key] <= amount
        if taken[key] < amount:
            assert story.lines.lines[fund].free == [], "it waits although something is free"
    for fund in FUNDS:
        own = [amount - taken[key] for key, (where, amount) in story.spent.items() if where == fund]
        assert story.lines.waiting(fund) == sum(own)


@given(history=steps)
def test_what_all_gifts_did_is_what_all_spendings_took(history: list[Step]) -> None:
    story = played(history)
    by_spending: dict[int, int] = {}
    for fund, place in story.gifts:
        for taken, amount in shares(place=place, fund=fund, taken=story.counting)[0]:
            by_spending[taken.key] = by_spending.get(taken.key, 0) + amount
    ended = {key: 0 for key in story.spent if key not in story.moved}
    for each in story.counting:
        if each.key in ended:
            ended[each.key] += each.where.length
    assert by_spending == {key: amount for key, amount in ended.items() if amount}


@given(history=steps)
def test_nothing_is_taken_twice_and_nothing_stands_twice(history: list[Step]) -> None:
    story = played(history)
    for fund in FUNDS:
        own = sorted(taken.where for taken in story.counting if taken.fund == fund)
        assert all(before.end <= after.start for before, after in pairwise(own))
        moved = [taken.moved_to for taken in story.lines.taken if taken.to_fund == fund and taken.moved_to is not None]
        standing = sorted([place for where, place in story.gifts if where == fund] + moved)
        assert [place.start for place in standing] == [0, *(place.end for place in standing)][: len(standing)]
        assert story.lines.lines[fund].length == sum(place.length for place in standing)


@given(history=steps)
def test_what_was_attributed_stays_when_history_goes_on(history: list[Step]) -> None:
    seen: list[list[Taken[int, str]]] = []
    played(history, lambda story: seen.append(list(story.lines.taken)))
    for before, after in pairwise(seen):
        assert after[: len(before)] == before


def test_a_freed_place_is_filled_first() -> None:
    lines: Lines[str, str] = Lines()
    lines.grow(fund="NEED", by=100)
    for key, amount in (("tents", 30), ("tea", 20)):
        lines.spend(Want(key, "NEED", amount))
    lines.free(key="tents", fund="NEED")
    lines.spend(Want("bags", "NEED", 40))
    assert [taken.where for taken in lines.taken if taken.key == "bags"] == [Range(0, 30), Range(50, 60)]


def test_what_waits_takes_before_what_comes_later() -> None:
    lines: Lines[str, str] = Lines()
    lines.spend(Want("early", "NEED", 30))
    lines.spend(Want("late", "NEED", 30))
    lines.grow(fund="NEED", by=40)
    assert [(taken.key, taken.where) for taken in lines.taken] == [("early", Range(0, 30)), ("late", Range(30, 40))]
    assert lines.waiting("NEED") == 20


def test_money_that_goes_back_is_taken_first_from_what_came() -> None:
    line = Line()
    line.grow(50)
    came = line.grow(20)
    assert line.take(30, first=[came]) == [came, Range(0, 10)]


def test_gifts_stand_one_after_the_other() -> None:
    assert stand(nets=[5, 7, 1], at=10) == [Range(10, 15), Range(15, 22), Range(22, 23)]


def test_cutting_out() -> None:
    assert without(ranges=[Range(0, 10), Range(20, 30)], taken=[Range(2, 4), Range(8, 22)]) == [
        Range(0, 2),
        Range(4, 8),
        Range(22, 30),
    ]
