"""Any history of gifts, refunds, spending, reversals, redirects and openings: the shares are exact, and stay what they were."""

from collections import defaultdict
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments.models import Charge, Donation, Refund
from payments.queries.shares import left_of_gift
from tests.factories import attribution as acts
from tests.factories.transparency import OCTOBER_NOON, Giving
from tests.unit.attribution.conftest import broken
from transparency.attribution.models import LinePlace, LineTaking
from transparency.attribution.queries import GiftAttribution, cohorts, counted_in, gift_attribution
from transparency.attribution.share_kind import ShareKind

ABOVE = {"WARM-NIGHT": "FOREST", "CONTACT": "FOREST", "FOREST": "GENERAL", "GENERAL": "GENERAL"}
VERBS = ["gift", "gift", "refund", "refund_fails", "spend", "undo", "redirect", "cover", "lose", "open", "collect"]

steps = st.lists(
    st.tuples(
        st.sampled_from([*VERBS, "days_pass", "days_pass"]), st.sampled_from(sorted(ABOVE)), st.integers(200, 3_000)
    ),
    min_size=4,
    max_size=16,
)
FINAL = {ShareKind.SPENT, ShareKind.LOSS, ShareKind.COST}


class Story:
    """Plays steps through the doors of payments and ledger, and lets the lines grow when days pass."""

    def __init__(self, giving: Giving) -> None:
        self.giving = giving
        self.now: datetime = OCTOBER_NOON
        self.gifts: list[Donation] = []
        self.spent: list[int] = []
        self.nets: dict[int, dict[str, int]] = {}
        self.number = 0

    def plays(self, verb: str, fund: str, size: int) -> None:
        self.number += 1
        name = f"{verb}:{self.number}"
        if verb == "gift":
            self.gifts.append(self.giving.give(size, fund=fund, at=self.now))
        elif verb in ("refund", "refund_fails") and self.gifts:
            self._goes_back(self.gifts[size % len(self.gifts)], size, fails=verb == "refund_fails")
        elif verb == "undo" and self.spent:
            acts.undo(self.spent.pop(size % len(self.spent)), at=self.now)
        elif verb == "redirect" and ABOVE[fund] != fund:
            self.spent.append(acts.redirect(size, reference=name, fund=fund, to=ABOVE[fund], at=self.now))
        elif verb == "cover" and fund != "GENERAL":
            self.spent.append(acts.cover(size, reference=name, fund=fund, at=self.now))
        elif verb == "spend":
            self.spent.append(acts.spend(size, reference=name, fund=fund, at=self.now))
        elif verb == "lose":
            acts.lose(size, reference=name, at=self.now)
        elif verb == "open":
            self.spent.append(acts.open_with(size, reference=name, fund=fund, at=self.now))
        elif verb == "collect":
            self.spent.append(acts.collect(size, reference=name, fund=fund, at=self.now))
        elif verb == "days_pass":
            self.days_pass(size // 200)

    def _goes_back(self, gift: Donation, size: int, *, fails: bool) -> None:
        gift.refresh_from_db()
        if fails and Refund.objects.filter(charge__donation=gift, state="succeeded").exists():
            acts.give_back(gift, 0, at=self.now, fails=True)
        elif not fails and gift.gross_minor > gift.refunded_minor:
            acts.give_back(gift, min(size, gift.gross_minor - gift.refunded_minor), at=self.now)

    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        left = {gift.pk: self._left(gift) for gift in self.gifts if gift.pk not in self.nets}
        acts.lines_grow(now=self.now)
        standing = set(LinePlace.objects.filter(donation__in=left).values_list("donation_id", flat=True))
        self.nets |= {pk: net for pk, net in left.items() if pk in standing}

    def _left(self, gift: Donation) -> dict[str, int]:
        """What is left of a gift by the books: its net, if it were lined up now."""
        funds = [line.fund_code for line in gift.lines.all()]
        left = left_of_gift(charge=Charge.objects.get(donation=gift), funds=funds)
        return {fund: amount for fund, amount in left.items() if amount}

    def tells(self) -> dict[int, GiftAttribution]:
        found = {gift.pk: gift_attribution(donation_id=gift.pk) for gift in self.gifts}
        return {pk: each for pk, each in found.items() if each is not None}


def final(told: GiftAttribution) -> dict[tuple[str, int, str], int]:
    """What of a gift has ended somewhere."""
    amounts: defaultdict[tuple[str, int, str], int] = defaultdict(int)
    for share in told.shares:
        if share.kind in FINAL:
            amounts[share.fund_code, share.period, share.kind.value] += share.amount_minor
    return amounts


def check(story: Story) -> None:
    told = story.tells()
    for pk, net in story.nets.items():
        assert told[pk].net == net, "the net is what was left when it was lined up, whatever came after"
        assert sum(share.amount_minor for share in told[pk].shares) + told[pk].waiting_minor == told[pk].net_minor
    counted = {
        donation_id: sum(amount for _, amount in areas)
        for _, donation_id, areas in counted_in(first_period=202601, last_period=209912)
    }
    for pk, each in told.items():
        spent = sum(share.amount_minor for share in each.shares if share.kind is ShareKind.SPENT)
        assert counted.get(pk, 0) == spent, "read from the gift or from the spending, it is the same"
    for cohort in cohorts(upto_entry=2**62, last_period=209912):
        assert cohort.waiting >= 0
    assert broken() == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history=steps)
def test_shares_are_exact_whatever_happens(giving: Giving, history: list[tuple[str, str, int]]) -> None:
    savepoint = transaction.savepoint()
    try:
        _plays(Story(giving), history)
    finally:
        transaction.savepoint_rollback(savepoint)


def _plays(story: Story, history: list[tuple[str, str, int]]) -> None:
    only_grows = all(verb != "undo" for verb, _, _ in history)
    for step in history:
        before = {pk: final(each) for pk, each in story.tells().items()} if only_grows else {}
        takings = list(LineTaking.objects.order_by("pk").values_list())
        story.plays(*step)
        assert list(LineTaking.objects.order_by("pk").values_list())[: len(takings)] == takings
        told = story.tells() if only_grows else {}
        for pk, lots in before.items():
            assert all(final(told[pk])[lot] >= amount for lot, amount in lots.items()), "only a reversal takes back"
    story.days_pass(30)
    check(story)


@pytest.mark.parametrize("late", [False, True])
def test_a_refund_before_lining_up_lessens_the_net_and_one_after_it_does_not(giving: Giving, late: bool) -> None:
    gift = giving.give(10_000)
    if late:
        acts.lines_grow(now=acts.after_the_window(OCTOBER_NOON))
    acts.give_back(gift, 4_000, at=OCTOBER_NOON)
    acts.lines_grow(now=acts.after_the_window(OCTOBER_NOON))
    found = gift_attribution(donation_id=gift.pk)
    assert found is not None
    assert found.net == {"WARM-NIGHT": 9_850 if late else 5_850}
    assert [reference for reference, _, _ in acts.taken_from("GENERAL")] == [], (
        "GENERAL has nothing yet: its loss waits"
    )


def test_a_refund_that_fails_after_lining_up_comes_to_general(giving: Giving) -> None:
    gift = giving.give(10_000)
    acts.give_back(gift, 4_000, at=OCTOBER_NOON)
    acts.lines_grow(now=acts.after_the_window(OCTOBER_NOON))
    acts.give_back(gift, 0, at=acts.after_the_window(OCTOBER_NOON), fails=True)
    acts.lines_grow(now=acts.after_the_window(OCTOBER_NOON))
    assert acts.places_on("GENERAL") == [(0, 4_000, None)]


def test_a_gift_that_went_back_wholly_never_stands_on_a_line(giving: Giving) -> None:
    gift = giving.give(10_000)
    acts.give_back(gift, 10_000, at=OCTOBER_NOON)
    acts.lines_grow(now=acts.after_the_window(OCTOBER_NOON))
    assert acts.places_on("WARM-NIGHT") == []
    found = gift_attribution(donation_id=gift.pk)
    assert found is not None
    assert (found.net, found.will_line_up_on) == ({}, None)
