"""What a donor does to a monthly gift on its pages. By hand, so that our own calendar answers and no provider is needed."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from payments.models import Donation, MonthlyAct, MonthlyGift, MonthlyOccasion
from payments.monthly_states import ActVerb, Interval, LinkPurpose, MonthlyKind, MonthlyState, OccasionState
from payments.operations import FrozenLine, settle
from payments.queries.monthly_terms import terms_of
from stripe_sandbox import testing
from tests.factories.aid_packages import make_catalogue
from tests.factories.donors import make_donor
from tests.factories.giving import at_home, hidden_in, link_to, main_of, make_occasion_link, send_form
from tests.factories.monthly import FOREST_EACH_MONTH, NIGHT_EACH_MONTH, make_monthly
from tests.factories.payments import FALLBACK
from tests.support.database import CommittedDatabase

BOOTS = FrozenLine(title="Suche buty", fund_code="WARM-NIGHT", unit_minor=12_000, quantity=2, fallback=FALLBACK)


@pytest.fixture
def donor_id(committed_db: CommittedDatabase) -> int:
    make_catalogue()
    return make_donor(language="en")


@pytest.fixture
def client(donor_id: int) -> Client:
    return at_home(donor_id)


@pytest.fixture
def gift(donor_id: int) -> MonthlyGift:
    return make_monthly(donor_id=donor_id, kind=MonthlyKind.BY_HAND, day=15, language="en", now=timezone.now())


def page_of(gift: MonthlyGift, act: str = "") -> str:
    return f"/en/my-giving/monthly/{gift.pk}/{act}"


def told_after(client: Client, gift: MonthlyGift, act: str, **typed: object) -> str:
    """What the gift's page says after an act."""
    done = send_form(client, page_of(gift, act), **typed)
    assert done.status_code == 303, main_of(done)
    assert f"{page_of(gift)}?act=" in done["Location"], done["Location"]
    return main_of(client.get(done["Location"].split("#")[0]))


def test_skip_pause_resume_end_and_begin_again(client: Client, gift: MonthlyGift) -> None:
    assert "The next gift is skipped" in told_after(client, gift, "skip/")
    assert "It goes on" in told_after(client, gift, "resume/")
    paused = told_after(client, gift, "pause/", months="3")
    assert "Paused until" in paused
    assert paused.count("next-dates__number") == 3
    assert "It goes on" in told_after(client, gift, "resume/")
    ended = told_after(client, gift, "cancel/", why="money")
    assert "Ended" in ended
    assert "none: nothing more is taken" in ended
    gift.refresh_from_db()
    assert (gift.state, gift.cancel_reason) == (MonthlyState.CANCELLED, "money")
    assert "Begun again" in told_after(client, gift, "restart/")
    gift.refresh_from_db()
    assert gift.state != MonthlyState.CANCELLED
    verbs = [ActVerb.SKIP, ActVerb.RESUME, ActVerb.PAUSE, ActVerb.RESUME, ActVerb.CANCEL, ActVerb.RESTART]
    assert list(MonthlyAct.objects.values_list("verb", flat=True)) == verbs


def test_the_end_is_one_press_away_and_less_and_a_pause_are_offered_once(client: Client, gift: MonthlyGift) -> None:
    page = main_of(client.get(page_of(gift, "cancel/")))
    assert page.count("Give less") == page.count(">Pause<") == 1
    assert "required" not in page
    assert "Ended" in told_after(client, gift, "cancel/")
    assert client.get(page_of(gift, "cancel/")).status_code == 303


def test_a_form_sent_twice_is_one_act(client: Client, gift: MonthlyGift) -> None:
    hidden = hidden_in(client.get(page_of(gift, "skip/")))
    answers = [client.post(page_of(gift, "skip/"), hidden)["Location"] for _time in range(3)]
    assert len(set(answers)) == 1
    assert MonthlyAct.objects.count() == 1
    again = client.post(page_of(gift, "skip/"), {"request_key": "f" * 32})
    assert again.status_code == 409
    assert "skipped already" in main_of(again)


@pytest.mark.parametrize("key", ["", "x", "f" * 31, "G" * 32, "f" * 500])
def test_a_form_whose_key_was_changed_does_nothing(client: Client, gift: MonthlyGift, key: str) -> None:
    assert client.post(page_of(gift, "cancel/"), {"request_key": key}).status_code == 422
    assert not MonthlyAct.objects.exists()


def test_change_sum_need_interval_day_and_fee(client: Client, gift: MonthlyGift) -> None:
    typed = {"sum": "80", "need": "GENERAL", "interval": "quarter", "day": "31", "cover_fee": "on", "receipts": "each"}
    page = told_after(client, gift, "change/", **typed)
    terms = terms_of(gift_id=gift.pk)
    assert (terms.lines_minor, terms.interval, terms.day, terms.cover_fee_minor > 0) == (
        8_000,
        Interval.QUARTER,
        31,
        True,
    )
    assert terms.lines.get().fund_code == "GENERAL"
    assert "every three months" in page


def test_another_day_says_when_it_begins_before_it_is_confirmed(client: Client, gift: MonthlyGift) -> None:
    page = main_of(client.get(page_of(gift, "change/")))
    said = re.search(r'<option value="28">28, first on ([^<]+)</option>', page)
    assert said is not None
    assert '<option value="15" selected>15</option>' in page
    typed = {"sum": "50", "need": "", "interval": "month", "day": "28", "receipts": "each"}
    assert said[1] in told_after(client, gift, "change/", **typed), "and so it does"


def test_what_was_typed_is_kept_and_what_is_wrong_is_said_there(client: Client, gift: MonthlyGift) -> None:
    typed = {"sum": "sto", "need": "", "interval": "year", "day": "32", "receipts": "each"}
    refused = send_form(client, page_of(gift, "change/"), **typed)
    assert refused.status_code == 422
    assert 'value="sto"' in main_of(refused)
    assert "id_sum_error" in main_of(refused)
    assert "id_day_error" in main_of(refused)
    same = {"sum": "50", "need": "", "interval": "month", "day": "15", "receipts": "each"}
    unchanged = send_form(client, page_of(gift, "change/"), **same)
    assert unchanged.status_code == 409
    assert "Nothing was changed" in main_of(unchanged)
    assert not MonthlyAct.objects.exists()


def test_which_confirmations_are_mailed_is_no_act_at_the_provider(client: Client, gift: MonthlyGift) -> None:
    same = {"sum": "50", "need": "", "interval": "month", "day": "15", "receipts": "yearly"}
    assert send_form(client, page_of(gift, "change/"), **same)["Location"] == f"{page_of(gift)}?receipts=1"
    gift.refresh_from_db()
    assert gift.receipt_policy == "yearly"
    assert not MonthlyAct.objects.exists()


def test_packages_have_quantities_or_give_way_to_a_sum(client: Client, donor_id: int) -> None:
    gift = make_monthly(
        donor_id=donor_id, kind=MonthlyKind.BY_HAND, lines=(BOOTS, FOREST_EACH_MONTH), day=15, now=timezone.now()
    )
    same = {"interval": "month", "day": "15", "receipts": "each"}
    none = send_form(client, page_of(gift, "change/"), **same, quantity_0="0", quantity_1="0", need="", sum="")
    assert "Keep at least one package" in main_of(none)
    fewer = {**same, "quantity_0": "1", "quantity_1": "0", "need": "", "sum": ""}
    told_after(client, gift, "change/", **fewer)
    assert [(line.title, line.quantity) for line in terms_of(gift_id=gift.pk).lines.all()] == [("Suche buty", 1)]
    instead = {**same, "sum": "20", "need": "warm-night"}
    told_after(client, gift, "change/", **instead)
    assert terms_of(gift_id=gift.pk).lines_minor == 2_000


def test_a_link_of_the_day_leaves_this_one_out_or_stops(donor_id: int) -> None:
    now = timezone.now()
    token = make_occasion_link(donor_id=donor_id, now=now)
    anybody = Client()
    page = main_of(anybody.get(f"/en/monthly/give/{token}/"))
    assert "Give 50.00 zł" in page
    assert f"/en/monthly/skip/{token}/" in page
    assert f"/en/monthly/stop/{token}/" in page
    for _click in range(2):
        assert anybody.post(f"/en/monthly/skip/{token}/")["Location"] == f"/en/monthly/skip/{token}/"
    assert MonthlyOccasion.objects.get().state == OccasionState.SKIPPED
    assert "This one is left out" in main_of(anybody.get(f"/en/monthly/give/{token}/"))
    for _click in range(2):
        assert anybody.post(f"/en/monthly/stop/{token}/").status_code == 303
    assert "The monthly gift has ended" in main_of(anybody.get(f"/en/monthly/stop/{token}/"))
    assert MonthlyGift.objects.get().state == MonthlyState.CANCELLED
    assert MonthlyAct.objects.filter(verb=ActVerb.CANCEL).count() == 1


def test_a_link_of_the_day_leads_to_one_payment_page(donor_id: int, settings: Settings) -> None:
    with testing.start_in_thread() as sandbox:
        settings.STRIPE_API_BASE, settings.STRIPE_API_KEY = sandbox.url, sandbox.key
        token = make_occasion_link(donor_id=donor_id, now=timezone.now())
        led = [Client().post(f"/en/monthly/give/{token}/") for _click in range(2)]
        assert {answer.status_code for answer in led} == {303}
        assert len({answer["Location"] for answer in led}) == 1
        assert led[0]["Location"].startswith(sandbox.url)
        sandbox.pay(Donation.objects.get().checkout_ref or "")
        settle(donation_id=Donation.objects.get().pk, now=timezone.now())
        page = main_of(Client().get(f"/en/monthly/give/{token}/"))
    assert "This gift is given" in page
    assert "<button" not in page


def test_links_say_the_sums_before_and_what_was_read_back_after(donor_id: int) -> None:
    now = timezone.now()
    kept, second = (
        make_monthly(intent_key=key, donor_id=donor_id, kind=MonthlyKind.BY_HAND, lines=(line,), day=15, now=now)
        for key, line in (("kept", NIGHT_EACH_MONTH), ("second", NIGHT_EACH_MONTH))
    )
    links = {
        "more": link_to(kept, LinkPurpose.UPGRADE, now=now, add_minor=1_000, terms=terms_of(gift_id=kept.pk).pk),
        "merge": link_to(second, LinkPurpose.MERGE, now=now, keep=kept.pk),
    }
    anybody = Client()
    before = main_of(anybody.get(f"/en/monthly/more/{links['more']}/"))
    assert "Give 10.00 zł more" in before
    assert "Give 60.00 zł every month" in before
    for _click in range(2):
        anybody.post(f"/en/monthly/more/{links['more']}/")
    assert "60.00 zł every month" in main_of(anybody.get(f"/en/monthly/more/{links['more']}/"))
    assert "Make one of them: 110.00 zł every month" in main_of(anybody.get(f"/en/monthly/merge/{links['merge']}/"))
    anybody.post(f"/en/monthly/merge/{links['merge']}/")
    assert "Two gifts are one now" in main_of(anybody.get(f"/en/monthly/merge/{links['merge']}/"))
    assert terms_of(gift_id=kept.pk).gross_minor == 11_000
    second.refresh_from_db()
    assert second.state == MonthlyState.CANCELLED


def test_the_first_mails_link_stops_it_once(donor_id: int, gift: MonthlyGift) -> None:
    token = link_to(gift, LinkPurpose.UNDO)
    anybody = Client()
    assert "Would come next" in main_of(anybody.get(f"/en/monthly/undo/{token}/"))
    for _click in range(3):
        assert anybody.post(f"/en/monthly/undo/{token}/").status_code == 303
    assert "none: nothing more is taken" in main_of(anybody.get(f"/en/monthly/undo/{token}/"))
    assert MonthlyAct.objects.count() == 1
    gift.refresh_from_db()
    assert gift.state == MonthlyState.CANCELLED
