"""The demo's monthly donors: they begin in the first month, and the sandbox's clock renews their gifts like any other's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation

from aid_packages.queries import free_target
from donors.operations import remember_donor
from payments.models import MonthlyGift
from payments.monthly_states import Interval, MonthlyKind, ReceiptPolicy
from payments.operations import FrozenLine, compare_with_provider, sweep
from payments.operations.monthly import settle_monthly, start_monthly
from shop.demo.content.months import Months
from shop.demo.content.sandbox import SandboxHand
from shop.forms.terms import CURRENT_TERMS

RENEWED_DAYS_AGO = timedelta(days=33)
"""A gift that begins then has been renewed a few days ago: its trouble is fresh when somebody looks."""
GOOD, FAILS_LATER = "4242424242424242", "4000000000000341"


@dataclass(frozen=True)
class PlannedMonthly:
    """One monthly gift of the story. `share` is how far into the first month it begins."""

    address: str
    name: str
    target: str
    sum_minor: int
    interval: Interval
    share: float
    card: str
    language: str


PLANNED = (
    PlannedMonthly("maria@donor.example", "Maria", "warm-night", 5_000, Interval.MONTH, 0.1, GOOD, "pl"),
    PlannedMonthly("jan@donor.example", "", "GENERAL", 10_000, Interval.MONTH, 0.2, GOOD, "en"),
    PlannedMonthly("ewa@donor.example", "Ewa", "lawyer", 3_000, Interval.MONTH, 0.35, FAILS_LATER, "pl"),
    PlannedMonthly("adam@donor.example", "Adam", "FOREST", 20_000, Interval.QUARTER, 0.5, GOOD, "pl"),
)


def begin_monthly(*, plan: PlannedMonthly, at: datetime, sandbox: SandboxHand) -> None:
    """From the form to the first booked gift."""
    sandbox.set_clock(at)
    with translation.override(plan.language):
        target = free_target(code=plan.target, now=at)
    thanks = f"{settings.SITE_URL}/{plan.language}/thank-you/monthly/"
    started = start_monthly(
        intent_key=f"demo:monthly:{plan.address}",
        donor_id=remember_donor(email=plan.address, name=plan.name, language=plan.language, now=at),
        kind=MonthlyKind.AUTOMATIC,
        lines=[FrozenLine(target.title, target.fund_code, plan.sum_minor, 1, target.fallback)],
        interval=plan.interval,
        day=at.day,
        cover_fee=False,
        expected_total_minor=plan.sum_minor,
        receipt_policy=ReceiptPolicy.EACH,
        language=plan.language,
        terms_version=CURRENT_TERMS,
        return_url=lambda token: f"{thanks}{token}/",
        cancel_url=f"{settings.SITE_URL}/{plan.language}/",
        now=at,
    )
    page = MonthlyGift.objects.values_list("checkout_ref", flat=True).get(pk=started.gift_id)
    assert page is not None
    assert sandbox.pay(page, card=plan.card) == "paid"
    settle_monthly(gift_id=started.gift_id, now=at + timedelta(minutes=1))


def follow_renewals(*, now: datetime, sandbox: SandboxHand) -> None:
    """What the night does: whatever the provider took since is found and booked."""
    sandbox.set_clock(now)
    sweep(now=now)
    compare_with_provider(now=now)


def begin_days(*, months: Months) -> list[tuple[datetime, PlannedMonthly]]:
    """When each begins: in the middle of a day, so that it is the same day everywhere."""
    found = []
    for plan in PLANNED:
        day = months.at(months.first, plan.share) if plan.card == GOOD else months.now - RENEWED_DAYS_AGO
        found.append((day.replace(hour=9, minute=0, second=0, microsecond=0), plan))
    return found
