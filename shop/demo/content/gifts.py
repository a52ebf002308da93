"""The demo's donors and what they gave: made up, the same each time, paid through the sandbox's page."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation

from aid_packages.models import AidPackage
from aid_packages.queries import free_target, frozen_lines_for
from donors.operations import remember_donor
from payments.models import Donation
from payments.operations import FrozenLine, cover_fee_for, refund_donation, settle, start_donation
from shop.demo.content.months import Months
from shop.demo.content.sandbox import SandboxHand
from shop.demo.content.staff import Staff
from shop.forms.terms import CURRENT_TERMS

GIFTS_A_MONTH = 48
SEED = 20260901
NAMES = ("Anna", "Piotr", "Zofia", "Jan", "Maria", "Oleksij", "Hanna", "Tomasz", "Ewa", "Karolina", "Adam", "Nina")
LIKED = (
    *(["WARM-NIGHT"] * 6),
    *(["FOOD-3-DAYS"] * 6),
    *(["DRY-CLOTHES"] * 4),
    *(["DRY-BOOTS"] * 3),
    *(["FUEL"] * 5),
    *(["LAWYER-HOUR"] * 5),
    *(["POWER-AND-SIM"] * 3),
    *(["FIRST-AID"] * 3),
    *(["PHONE-CREDIT"] * 4),
    *(["POLISH-MONTH"] * 3),
    "VISIT",
    "COUNSELLING",
    "FIELD-NIGHT",
)
FREE_TARGETS = ("GENERAL", "GENERAL", "GENERAL", "FOREST", "warm-night", "field-team", "lawyer", "first-steps")
FREE_SUMS = (2000, 5000, 5000, 10000, 10000, 15000, 20000, 50000)


@dataclass(frozen=True)
class PlannedGift:
    """One gift of the story."""

    number: int
    at: datetime
    skus: tuple[str, ...]
    """Empty: a free sum."""
    target: str
    sum_minor: int
    language: str
    cover_fee: bool
    way: str
    given_back: bool


def plan_gifts(*, months: Months) -> Iterator[PlannedGift]:
    """The gifts of both months, in their order."""
    dice = random.Random(SEED)  # noqa: S311 -- a story, not a secret
    number = 0
    for period in (months.first, months.second):
        for share in sorted(dice.random() * 0.96 + 0.02 for _ in range(GIFTS_A_MONTH)):
            number += 1
            packages = dice.random() < 0.65
            yield PlannedGift(
                number=number,
                at=months.at(period, share),
                skus=tuple(dice.choices(LIKED, k=dice.choice((1, 1, 1, 2)))) if packages else (),
                target=dice.choice(FREE_TARGETS),
                sum_minor=dice.choice(FREE_SUMS),
                language=dice.choice(("pl", "pl", "pl", "en")),
                cover_fee=dice.random() < 0.4,
                way=dice.choice(("card", "card", "blik", "p24")),
                given_back=number in (17, 61),
            )


def give(*, gift: PlannedGift, sandbox: SandboxHand, staff: Staff) -> None:
    """One gift from the form to the booked entry; the sandbox's clock goes with it."""
    sandbox.set_clock(gift.at)
    with translation.override(gift.language):
        lines = _package_lines(gift) if gift.skus else [_free_line(gift)]
    total = sum(line.unit_minor * line.quantity for line in lines)
    donor_id = remember_donor(
        email=f"{NAMES[gift.number % len(NAMES)].lower()}.{gift.number % 71}@donor.example",
        name=NAMES[gift.number % len(NAMES)] if gift.number % 3 else "",
        language=gift.language,
        now=gift.at,
    )
    thanks = f"{settings.SITE_URL}/{gift.language}/thank-you/"
    started = start_donation(
        intent_key=f"demo:{gift.number}",
        donor_id=donor_id,
        lines=lines,
        cover_fee=gift.cover_fee,
        expected_total_minor=total + (cover_fee_for(total_minor=total) if gift.cover_fee else 0),
        language=gift.language,
        terms_version=CURRENT_TERMS,
        return_url=lambda token: f"{thanks}{token}/",
        cancel_url=f"{settings.SITE_URL}/{gift.language}/",
        now=gift.at,
    )
    checkout = Donation.objects.values_list("checkout_ref", flat=True).get(pk=started.donation_id)
    assert checkout is not None
    paid = {"card": {"card": "4242424242424242"}, "blik": {"blik": "777123"}, "p24": {"p24": "ing"}}[gift.way]
    assert sandbox.pay(checkout, **paid) == "paid"
    settle(donation_id=started.donation_id, now=gift.at + timedelta(minutes=1))
    if gift.given_back:
        _give_back(donation_id=started.donation_id, gift=gift, sandbox=sandbox, staff=staff)


def _give_back(*, donation_id: int, gift: PlannedGift, sandbox: SandboxHand, staff: Staff) -> None:
    when = gift.at + timedelta(hours=5)
    sandbox.set_clock(when)
    refund_donation(
        donation_id=donation_id,
        amount_minor=Donation.objects.values_list("gross_minor", flat=True).get(pk=donation_id),
        reason="the donor gave twice by mistake, and wrote to us",
        actor=staff.bartek,
        request_key=f"demo:{gift.number}",
        now=when,
    )


def _package_lines(gift: PlannedGift) -> list[FrozenLine]:
    products = dict(AidPackage.objects.filter(sku__in=gift.skus).values_list("sku", "product_id"))
    quantities = {sku: gift.skus.count(sku) for sku in gift.skus}
    priced = frozen_lines_for(items=[(products[sku], count) for sku, count in quantities.items()], now=gift.at)
    return [
        FrozenLine(
            title=line.title,
            fund_code=line.fund_code,
            unit_minor=line.unit_minor,
            quantity=line.quantity,
            fallback=line.fallback,
        )
        for line in priced
    ]


def _free_line(gift: PlannedGift) -> FrozenLine:
    target = free_target(code=gift.target, now=gift.at)
    return FrozenLine(
        title=target.title,
        fund_code=target.fund_code,
        unit_minor=gift.sum_minor,
        quantity=1,
        fallback=target.fallback,
    )
