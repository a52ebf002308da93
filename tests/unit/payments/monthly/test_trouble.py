"""A renewal that failed: its states, the dates, and one mail for each state that asks something of the donor."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from donors.models import Mail, MailState
from donors.operations.queue_mail import read_mail
from payments.models import MonthlyGift, RenewalTrouble
from payments.monthly_states import TROUBLE_MOVES, LinkPurpose, MonthlyState, TroubleState
from payments.operations.monthly.trouble import drop_troubles, follow_trouble
from payments.provider import InvoiceFacts, InvoiceStatus
from payments.queries.links import open_link
from tests.factories.monthly import make_monthly
from tests.factories.time import NOW

pytestmark = pytest.mark.django_db

IN_THREE_DAYS = NOW + timedelta(days=3)


def invoice(gift: MonthlyGift, **given) -> InvoiceFacts:
    facts = InvoiceFacts(
        ref="in_december",
        status=InvoiceStatus.OPEN,
        subscription_ref=gift.subscription_ref or "",
        monthly_ref=str(gift.pk),
        terms_ref=str(gift.terms.get().pk),
        customer_ref=gift.customer_ref,
        amount_due_minor=5_000,
        amount_paid_minor=0,
        currency="PLN",
        period_start=datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
        period_end=datetime(2026, 12, 20, 23, 30, tzinfo=UTC),
        created_at=NOW,
        paid_at=None,
        attempts=1,
        next_try_at=IN_THREE_DAYS,
        needs_donor=False,
        charges=(),
        livemode=False,
    )
    return replace(facts, **given)


def follow(gift: MonthlyGift, now: datetime = NOW, **given) -> TroubleState | None:
    return follow_trouble(facts=invoice(gift, **given), gift=gift, now=now)


def mails() -> list[str]:
    return [read_mail(mail)[1]["state"] for mail in Mail.objects.filter(state=MailState.WAITING).order_by("pk")]


def test_a_failed_renewal_says_when_it_is_tried_again_and_how_to_pay_now() -> None:
    gift = make_monthly(state=MonthlyState.PAST_DUE)
    assert follow(gift) is TroubleState.RETRYING
    trouble = RenewalTrouble.objects.get()
    assert (trouble.amount_minor, trouble.attempts, trouble.next_try_at) == (5_000, 1, IN_THREE_DAYS)
    assert trouble.due_on == date(2026, 11, 21), "Warsaw's day, not UTC's"
    mail = Mail.objects.get()
    context = read_mail(mail)[1]
    assert (context["sum_minor"], context["state"], context["next_try_on"]) == (5_000, "retrying", "2026-11-24")
    assert f"/pl/my-giving/monthly/{gift.pk}/" in context["manage_url"]
    token = context["mend_url"].split("/")[-2]
    link = open_link(token=token, purpose=LinkPurpose.MEND, now=NOW + timedelta(days=7, seconds=-1))
    assert link is not None
    assert link.params["trouble"] == trouble.pk
    assert open_link(token=token, purpose=LinkPurpose.MEND, now=NOW + timedelta(days=7)) is None
    assert (mail.topic, mail.language) == ("", "pl"), "what a payment needs can't be turned off"


def test_no_mail_a_day() -> None:
    gift = make_monthly(state=MonthlyState.PAST_DUE)
    for day in range(7):
        later = NOW + timedelta(days=day)
        follow(gift, now=later, attempts=day + 1, next_try_at=later + timedelta(days=1))
        follow(gift, now=later, attempts=day + 1, next_try_at=later + timedelta(days=1))
    assert mails() == ["retrying"]
    trouble = RenewalTrouble.objects.get()
    assert (trouble.attempts, trouble.next_try_at) == (7, NOW + timedelta(days=7))


def test_another_attempt_that_failed_after_the_link_ran_out_brings_a_new_link() -> None:
    gift = make_monthly(state=MonthlyState.PAST_DUE)
    follow(gift)
    later = NOW + timedelta(days=8)
    follow(gift, now=later)
    assert mails() == ["retrying"], "time alone is no news"
    follow(gift, now=later, attempts=2, next_try_at=later + timedelta(days=7))
    follow(gift, now=later, attempts=2, next_try_at=later + timedelta(days=7))
    assert mails() == ["retrying", "retrying"]
    tokens = {read_mail(mail)[1]["mend_url"].split("/")[-2] for mail in Mail.objects.all()}
    assert len(tokens) == 2
    assert sum(open_link(token=token, purpose=LinkPurpose.MEND, now=later) is not None for token in tokens) == 1
    assert follow(gift, now=later, status=InvoiceStatus.PAID) is TroubleState.MENDED
    assert mails() == []


def test_a_failed_renewal_is_not_told_of_week_after_week() -> None:
    gift = make_monthly(state=MonthlyState.UNPAID)
    for week in range(6):
        follow(gift, now=NOW + timedelta(days=7 * week), attempts=4, next_try_at=None)
    assert mails() == ["failed"]


def test_each_state_that_asks_something_is_told_once() -> None:
    gift = make_monthly(state=MonthlyState.PAST_DUE)
    follow(gift)
    assert follow(gift, attempts=2, needs_donor=True) is TroubleState.ACTION_REQUIRED
    assert follow(gift, attempts=3) is TroubleState.RETRYING
    assert follow(gift, attempts=4, needs_donor=True) is TroubleState.ACTION_REQUIRED
    assert follow(gift, attempts=5, next_try_at=None) is TroubleState.FAILED
    assert mails() == ["retrying", "action_required", "failed"]
    last = read_mail(Mail.objects.order_by("pk").last())[1]
    assert last["next_try_on"] == ""


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (InvoiceStatus.PAID, TroubleState.MENDED),
        (InvoiceStatus.VOID, TroubleState.DROPPED),
        (InvoiceStatus.UNCOLLECTIBLE, TroubleState.DROPPED),
    ],
)
def test_an_end_is_final_and_takes_back_the_mail_that_was_not_sent(status: InvoiceStatus, state: TroubleState) -> None:
    gift = make_monthly(state=MonthlyState.PAST_DUE)
    follow(gift)
    assert follow(gift, status=status) is state
    assert mails() == []
    assert follow(gift, attempts=9) is state, "facts that come late open nothing again"
    assert RenewalTrouble.objects.get().next_try_at is None


def test_facts_that_come_late_do_not_turn_it_back() -> None:
    gift = make_monthly(state=MonthlyState.PAST_DUE)
    follow(gift, attempts=4, next_try_at=None)
    assert follow(gift, attempts=1) is TroubleState.FAILED
    assert mails() == ["failed"]


def test_what_belongs_to_a_subscription_that_was_replaced_is_dropped() -> None:
    gift = make_monthly(state=MonthlyState.ACTIVE)
    follow(gift)
    gift.subscriptions.update(ended_at=NOW)
    assert follow(gift, attempts=2) is TroubleState.DROPPED


@pytest.mark.parametrize(
    "given",
    [
        {"status": InvoiceStatus.DRAFT, "attempts": 0},
        {"attempts": 0},
        {"amount_due_minor": 0},
        {"status": InvoiceStatus.PAID},
        {"status": InvoiceStatus.VOID},
    ],
)
def test_a_renewal_that_never_failed_leaves_nothing(given: dict) -> None:
    gift = make_monthly()
    assert follow(gift, **given) is None
    assert (RenewalTrouble.objects.count(), Mail.objects.count()) == (0, 0)


def test_nobody_is_asked_for_a_gift_that_has_ended() -> None:
    gift = make_monthly(state=MonthlyState.PAST_DUE)
    follow(gift)
    gift.state = MonthlyState.CANCELLED
    assert follow(gift, attempts=2) is TroubleState.DROPPED
    assert mails() == []


def test_the_end_of_the_gift_drops_what_was_open() -> None:
    gift = make_monthly(state=MonthlyState.PAST_DUE)
    follow(gift)
    follow(gift, ref="in_january", attempts=2, next_try_at=None)
    follow(gift, ref="in_november")
    follow(gift, ref="in_november", status=InvoiceStatus.PAID)
    assert drop_troubles(gift=gift, now=NOW) == 2
    assert drop_troubles(gift=gift, now=NOW) == 0
    states = RenewalTrouble.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [TroubleState.DROPPED, TroubleState.DROPPED, TroubleState.MENDED]
    assert mails() == []


def test_the_table_of_moves_is_kept() -> None:
    gift = make_monthly(state=MonthlyState.PAST_DUE)
    facts = {
        TroubleState.RETRYING: {},
        TroubleState.ACTION_REQUIRED: {"needs_donor": True},
        TroubleState.FAILED: {"next_try_at": None},
        TroubleState.MENDED: {"status": InvoiceStatus.PAID},
        TroubleState.DROPPED: {"status": InvoiceStatus.VOID},
    }
    for start, allowed in TROUBLE_MOVES.items():
        for target, given in facts.items():
            RenewalTrouble.objects.all().delete()
            follow(gift)
            RenewalTrouble.objects.update(state=start)
            reached = follow(gift, **given)
            assert reached is (target if target in allowed or target is start else start)
