"""Acts without an answer: in doubt for as long as nobody knows, and closed by what the provider says."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.translation import override

from donors.models import Mail
from donors.operations.queue_mail import read_mail
from payments.models import CallOutcome, MonthlyAct, MonthlyGift, ProviderCall
from payments.monthly_states import ActState, MonthlyState
from payments.operations import FrozenLine, ProviderUnavailable
from payments.operations.asking import LEASE
from payments.operations.monthly import (
    Acted,
    By,
    NotNow,
    NotNowReason,
    acts_in_doubt,
    cancel_monthly,
    change_terms,
    pause,
    resolve_act,
    resume,
    skip_next,
)
from payments.operations.monthly.doing import KEY_REMEMBERED_FOR
from payments.operations.monthly.follow import follow_subscription
from payments.queries.monthly import monthly_gift_page
from stripe_sandbox.testing import Client
from tests.factories.monthly_life import give_monthly
from tests.factories.payments import FALLBACK
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

MORE = FrozenLine(title="Ciepła noc", fund_code="WARM-NIGHT", unit_minor=8_000, quantity=1, fallback=FALLBACK)
SUBSCRIPTION = "*subscriptions/*"
LATER = NOW + timedelta(minutes=5)
Act = Callable[[MonthlyGift], Acted]


def own(gift: MonthlyGift) -> By:
    return By(donor_id=gift.donor_id)


def change(gift: MonthlyGift) -> Acted:
    return change_terms(gift_id=gift.pk, by=own(gift), request_key="form", lines=[MORE], now=NOW)


def skip(gift: MonthlyGift) -> Acted:
    return skip_next(gift_id=gift.pk, by=own(gift), request_key="form", now=NOW)


def rest(gift: MonthlyGift) -> Acted:
    return pause(gift_id=gift.pk, months=2, by=own(gift), request_key="form", now=NOW)


def end(gift: MonthlyGift) -> Acted:
    return cancel_monthly(gift_id=gift.pk, by=own(gift), request_key="form", now=NOW)


def no_answer(sandbox: Client, *, method: str, when: str) -> None:
    """The line breaks, before or after the effect."""
    sandbox.fault("timeout", method=method, path=SUBSCRIPTION, when=when, seconds=0.05, times=None)


@pytest.fixture(autouse=True)
def _asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider's own client asks again under the same key, and mostly gets its answer then: here it doesn't."""
    monkeypatch.setattr("stripe.HTTPClient._should_retry", lambda *_, **__: False)


VERBS = [(change, "POST"), (skip, "POST"), (rest, "POST"), (end, "DELETE")]


@pytest.mark.parametrize(("act", "method"), VERBS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_no_answer_is_a_doubt_and_the_sweeper_closes_it(sandbox: Client, act: Act, method: str, when: str) -> None:
    gift = give_monthly(sandbox=sandbox)
    no_answer(sandbox, method=method, when=when)
    acted = act(gift)
    assert (acted.state, acted.told) == (ActState.UNKNOWN, None)
    page = monthly_gift_page(gift_id=gift.pk, donor_id=gift.donor_id, now=NOW)
    assert page is not None
    assert page.row.doubt is not None
    assert page.row.sum_minor == 5_000
    assert page.row.can == frozenset()
    assert acts_in_doubt(now=LATER) == [acted.act_id]
    assert acted.act_id is not None
    assert resolve_act(act_id=acted.act_id, now=LATER) is (ActState.UNKNOWN if when == "before" else ActState.CONFIRMED)
    sandbox.clear_faults()
    assert resolve_act(act_id=acted.act_id, now=LATER) is ActState.CONFIRMED
    assert act(gift).told is not None
    assert (acts_in_doubt(now=LATER), MonthlyAct.objects.count()) == ([], 1)
    assert Mail.objects.filter(key=f"monthly_act:{acted.act_id}").count() == 1


def test_an_end_in_doubt_that_a_notice_tells_of_first_is_mailed_all_the_same(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    no_answer(sandbox, method="DELETE", when="after")
    acted = end(gift)
    sandbox.clear_faults()
    follow_subscription(ref=gift.subscription_ref or "", now=LATER)
    assert not Mail.objects.filter(kind="monthly_ended").exists()
    assert acted.act_id is not None
    assert resolve_act(act_id=acted.act_id, now=LATER) is ActState.CONFIRMED
    assert Mail.objects.filter(kind="monthly_ended").count() == 1
    again = cancel_monthly(gift_id=gift.pk, by=own(gift), request_key="another form", now=LATER)
    assert (again.state, Mail.objects.filter(kind="monthly_ended").count()) == (ActState.CONFIRMED, 1)


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_providers_own_fault_is_asked_again_under_a_new_key(sandbox: Client, when: str) -> None:
    gift = give_monthly(sandbox=sandbox)
    sandbox.fault("error", method="POST", path=SUBSCRIPTION, status=500, when=when)
    acted = skip(gift)
    assert acted.state is ActState.UNKNOWN
    assert acted.act_id is not None
    assert resolve_act(act_id=acted.act_id, now=LATER) is ActState.CONFIRMED
    outcomes = ProviderCall.objects.filter(key__startswith="monthly_act:").values_list("outcome", flat=True)
    assert sorted(outcomes) == (["abandoned", "answered"] if when == "before" else ["answered"])


def test_a_no_is_a_no_and_the_old_terms_stand(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    sandbox.fault("error", method="POST", path=SUBSCRIPTION, status=400)
    acted = change(gift)
    assert (acted.state, acted.told) == (ActState.REFUSED, None)
    with override("en"):
        assert "Nothing was changed" in str(acted.refusal)
    page = monthly_gift_page(gift_id=gift.pk, donor_id=gift.donor_id, now=NOW)
    assert page is not None
    assert (page.row.sum_minor, page.row.doubt) == (5_000, None)
    assert not Mail.objects.filter(kind="monthly_changed").exists()
    assert change(gift) == acted
    again = change_terms(gift_id=gift.pk, by=own(gift), request_key="anew", lines=[MORE], now=NOW)
    assert again.state is ActState.CONFIRMED


def test_too_often_is_a_no_since_nothing_was_done(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    sandbox.fault("error", method="POST", path=SUBSCRIPTION, status=429, times=None)
    assert skip(gift).state is ActState.REFUSED


def test_a_provider_that_is_down_before_anything_is_asked(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    sandbox.fault("error", method="GET", status=503, times=None)
    with pytest.raises(ProviderUnavailable):
        skip(gift)
    assert not MonthlyAct.objects.exists()


def test_an_effect_that_could_not_be_read_back_is_in_doubt(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    sandbox.fault("error", method="GET", path=SUBSCRIPTION, status=503, nth=2, times=None)
    acted = skip(gift)
    assert acted.state is ActState.UNKNOWN
    sandbox.clear_faults()
    assert acted.act_id is not None
    assert resolve_act(act_id=acted.act_id, now=LATER) is ActState.CONFIRMED


def test_after_a_day_a_wish_is_not_carried_out_behind_the_donors_back(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    no_answer(sandbox, method="POST", when="before")
    acted = change(gift)
    sandbox.clear_faults()
    assert acted.act_id is not None
    next_day = NOW + KEY_REMEMBERED_FOR + timedelta(hours=1)
    assert resolve_act(act_id=acted.act_id, now=next_day) is ActState.REFUSED
    _, context = read_mail(Mail.objects.get(key=f"monthly_act:{acted.act_id}"))
    assert (context["what"], context["sum_minor"]) == ("not_done", 5_000)


def test_but_an_end_is(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    no_answer(sandbox, method="DELETE", when="before")
    acted = end(gift)
    sandbox.clear_faults()
    assert acted.act_id is not None
    assert resolve_act(act_id=acted.act_id, now=NOW + timedelta(days=3)) is ActState.CONFIRMED
    gift.refresh_from_db()
    assert gift.state == MonthlyState.CANCELLED


def test_an_asker_that_died_is_followed_by_another(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    acted = skip(gift)
    MonthlyAct.objects.filter(pk=acted.act_id).update(state=ActState.REQUESTED, told=None, closed_at=None)
    ProviderCall.objects.filter(key__startswith="monthly_act:").update(
        outcome=CallOutcome.PENDING, lease_until=NOW + LEASE
    )
    assert acted.act_id is not None
    assert acts_in_doubt(now=NOW) == []
    assert resolve_act(act_id=acted.act_id, now=NOW) is ActState.REQUESTED
    later = NOW + LEASE + timedelta(seconds=1)
    assert acts_in_doubt(now=later) == [acted.act_id]
    assert resolve_act(act_id=acted.act_id, now=later) is ActState.CONFIRMED


def test_the_next_act_clears_a_doubt_that_can_be_cleared(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    no_answer(sandbox, method="POST", when="after")
    assert skip(gift).state is ActState.UNKNOWN
    sandbox.clear_faults()
    back = resume(gift_id=gift.pk, by=own(gift), request_key="back", now=LATER)
    assert back.state is ActState.CONFIRMED


def test_a_doubt_that_lasts_keeps_the_next_act_waiting(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    no_answer(sandbox, method="POST", when="before")
    assert skip(gift).state is ActState.UNKNOWN
    with pytest.raises(NotNow) as refused:
        cancel_monthly(gift_id=gift.pk, by=own(gift), request_key="end", now=LATER)
    assert refused.value.reason is NotNowReason.BUSY
