"""Monthly gifts on the desk: each act on the donor's behalf needs a reason, leaves a trail, and tells the donor."""

from unittest.mock import Mock

import pytest
from django.utils import translation

from core.models import TrailEntry
from donors.models import Mail, MailKind, SignInRequest
from payments.models import MonthlyAct, MonthlyGift
from payments.monthly_states import ActState, ActVerb, Interval, MonthlyKind, MonthlyState
from payments.operations.monthly.acts import Acted, NotNow, NotNowReason
from payments.queries.monthly import monthly_gift_for_staff
from payments.queries.monthly_terms import terms_of
from shop.staff import monthly
from shop.staff.acts import unsent
from shop.staff.monthly import GiftActs
from tests.factories.donors import CANARIES, make_donor
from tests.factories.monthly import FOREST_EACH_MONTH, make_monthly, make_trouble
from tests.factories.staff import Seat, beside, read
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def gift() -> MonthlyGift:
    """By hand, so that nobody but ourselves is asked."""
    return make_monthly(kind=MonthlyKind.BY_HAND, donor_id=make_donor())


@pytest.fixture
def page(gift: MonthlyGift) -> str:
    return f"monthly/{gift.pk}/"


@pytest.fixture(autouse=True)
def _committed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests run in one database transaction, which the acts must not."""
    monkeypatch.setattr("payments.operations.monthly.acts.outside_database_transaction", lambda: None)


def test_the_list_finds_what_is_asked_for(ada: Seat, gift: MonthlyGift) -> None:
    troubled = make_monthly(intent_key="troubled", lines=[FOREST_EACH_MONTH])
    make_trouble(gift=troubled)
    both = ada.text("monthly/")
    assert "50.00 zł" in both
    assert "30.00 zł" in both
    for query in ({"trouble": "on"}, {"kind": "automatic"}, {"gift": str(troubled.pk)}):
        found = ada.text("monthly/", **query)
        assert "30.00 zł" in found
        assert "50.00 zł" not in found, query


def test_nobody_is_named(ada: Seat, page: str) -> None:
    for path in ("monthly/", page):
        said = ada.get(path).content.decode()
        assert not [word for word in CANARIES if word in said]


@pytest.mark.parametrize(("act", "typed"), [("skip", {}), ("pause", {"months": "3"}), ("cancel", {"why": "money"})])
def test_an_act_has_its_reason_its_trail_and_its_mail(
    ada: Seat, gift: MonthlyGift, page: str, act: str, typed: dict[str, str]
) -> None:
    refused = ada.act(page, act, reason="", **typed)
    assert refused.status_code == 422
    assert beside(refused, f"{act}-reason")
    assert not MonthlyAct.objects.exists()
    hidden = ada.hidden(page, act)
    form = {**hidden, **{f"{act}-{name}": value for name, value in {**typed, "reason": "she called us"}.items()}}
    for _click in range(2):
        assert ada.send(page, form).status_code == 302
    done = MonthlyAct.objects.get()
    assert (done.state, done.actor, done.reason) == (ActState.CONFIRMED, ada.user, "she called us")
    trail = TrailEntry.objects.get(subject=f"monthly_gift:{gift.pk}")
    assert (trail.actor, trail.reason) == (ada.user, "she called us")
    assert Mail.objects.filter(donor_id=gift.donor_id).count() == 1
    assert "she called us" in ada.text(page)


def test_the_sum_the_need_and_the_day_are_changed_in_one_act(ada: Seat, gift: MonthlyGift, page: str) -> None:
    answer = ada.act(
        page, "change", sum="80", need="lawyer", interval="quarter", day="15", reason="a letter", receipts="each"
    )
    assert answer.status_code == 302, read(answer)
    terms = terms_of(gift_id=gift.pk)
    assert (terms.lines_minor, terms.interval, terms.day) == (8_000, Interval.QUARTER, 15)
    assert [line.fund_code for line in terms.lines.all()] != ["WARM-NIGHT"]


def test_a_choice_says_the_day_that_it_leads_to(ada: Seat, gift: MonthlyGift) -> None:
    """As on the donor's own page: staff on the telephone can say it before anything is done."""
    found = monthly_gift_for_staff(gift_id=gift.pk, now=NOW)
    assert found
    with translation.override("en"):
        acts = {act.name: unsent(act) for act in GiftActs(row=found.row, actor=ada.user, now=NOW).possible()}
        days, lengths = dict(acts["change"].fields["day"].choices), dict(acts["pause"].fields["months"].choices)
    assert (days[1], days[2], days[31]) == (
        "1",
        "2, first on 2\xa0December\xa02026",
        "31, first on 31\xa0December\xa02026",
    )
    assert lengths[3] == "3 months, until 21\xa0February\xa02027"


def test_which_mails_come_is_asked_in_its_own_act_alone(ada: Seat, page: str) -> None:
    shown = ada.get(page).content.decode()
    assert 'name="receipts-policy"' in shown
    assert '<legend class="desk-legend">How often</legend>' in shown, "a group of choices has its name"
    assert 'name="change-receipts"' not in shown


def test_what_is_wrong_with_a_sum_stands_beside_it(ada: Seat, page: str) -> None:
    answer = ada.act(page, "change", sum="0,50", interval="month", day="1", reason="a letter", receipts="each")
    assert answer.status_code == 422
    assert beside(answer, "change-sum")
    assert "<title>Error: Monthly gift" in answer.content.decode()


def test_an_ended_gift_can_only_begin_again(ada: Seat) -> None:
    gift = make_monthly(kind=MonthlyKind.BY_HAND, state=MonthlyState.CANCELLED)
    assert set(ada.offers(f"monthly/{gift.pk}/")) == {"restart", "receipts", "resend"}
    assert ada.act(f"monthly/{gift.pk}/", "restart", reason="they asked").status_code == 302
    gift.refresh_from_db()
    assert gift.state == MonthlyState.ACTIVE


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Acted(act_id=1, state=ActState.UNKNOWN, told=None), "looked up again by itself"),
        (
            Acted(act_id=1, state=ActState.REFUSED, told=None, failure_kind="card_declined"),
            "The bank did not accept this",
        ),
        (
            Acted(act_id=1, state=ActState.REQUESTED, told=None, url="https://pay.example.org"),
            "send them a link to sign in",
        ),
        (NotNow(NotNowReason.BUSY), "Another change to this gift"),
    ],
)
def test_what_did_not_go_well_is_said(
    ada: Seat, page: str, monkeypatch: pytest.MonkeyPatch, outcome: Acted | NotNow, said: str
) -> None:
    asked = Mock(side_effect=[outcome])
    monkeypatch.setattr(monthly, "skip_next", asked)
    answer = ada.act(page, "skip", reason="she called us")
    assert answer.status_code == 422
    assert said in read(answer)


def test_a_sign_in_link_goes_to_the_donors_own_address(ada: Seat, gift: MonthlyGift, page: str) -> None:
    assert ada.act(page, "resend", reason="lost the mail").status_code == 302
    assert (
        SignInRequest.objects.filter(donor_id=gift.donor_id).exists()
        or Mail.objects.filter(donor_id=gift.donor_id, kind=MailKind.SIGN_IN).exists()
    )
    assert TrailEntry.objects.filter(reason="lost the mail", actor=ada.user).exists()


def test_an_offer_raises_by_a_link_alone(ada: Seat, gift: MonthlyGift, page: str) -> None:
    assert ada.act(page, "offer", add="10", reason="a letter to all").status_code == 302
    assert terms_of(gift_id=gift.pk).lines_minor == 5_000
    assert Mail.objects.get(donor_id=gift.donor_id).kind == MailKind.UPGRADE_OFFER


def test_every_verb_that_staff_can_be_offered_is_wired() -> None:
    left_to_the_donor = {ActVerb.USE_METHOD, ActVerb.MERGE, ActVerb.MEND}
    assert set(monthly._ORDER) == set(monthly._LOOKS) == set(ActVerb) - left_to_the_donor
