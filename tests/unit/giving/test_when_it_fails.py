"""When the provider doesn't answer, or says no: the pages say so, keep what was typed, and claim nothing."""

import pytest
from django.test import Client

from payments.failures import FailureKind
from payments.monthly_states import ActState, TroubleState
from payments.operations.monthly.acts import Acted, NotNow, NotNowReason
from payments.operations.monthly.mend import Mending
from payments.provider import ProviderRefused, ProviderUnavailable
from tests.factories.giving import hidden_in, main_of, send_form
from tests.unit.giving.conftest import Home

PROVIDER_PAGE = "https://checkout.stripe.com/c/pay/cs_test_card"


def answer(monkeypatch: pytest.MonkeyPatch, operation: str, *, gives: object) -> None:
    """The operation, as the views know it, gives this or raises it."""

    def operate(**_asked: object) -> object:
        if isinstance(gives, Exception):
            raise gives
        return gives

    monkeypatch.setattr(f"shop.giving.views.{operation}", operate)


def gift_page(home: Home, rest: str = "") -> str:
    return f"/en/my-giving/monthly/{home.monthly.pk}/{rest}"


def test_an_act_that_nobody_answers_keeps_its_form(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "acts.change_terms", gives=ProviderUnavailable(kind=FailureKind.TIMED_OUT))
    address = gift_page(home, "change/")
    hidden = hidden_in(home.client.get(address))
    typed = {"sum": "80", "need": "", "interval": "month", "day": "15", "receipts": "each"}
    refused = home.client.post(address, {**hidden, **typed})
    assert refused.status_code == 503
    assert "did not answer" in main_of(refused)
    assert 'value="80"' in main_of(refused)
    assert hidden_in(refused)["request_key"] == hidden["request_key"]


def test_what_cannot_be_done_now_says_why(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "acts.skip_next", gives=NotNow(NotNowReason.TOO_CLOSE))
    refused = send_form(home.client, gift_page(home, "skip/"))
    assert refused.status_code == 409
    assert "about to be taken" in main_of(refused)


def test_another_card_is_given_on_the_providers_page(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "card.use_other_method", gives=PROVIDER_PAGE)
    led = send_form(home.client, gift_page(home, "card/"))
    assert (led.status_code, led["Location"]) == (303, PROVIDER_PAGE)


@pytest.mark.parametrize(
    ("gives", "said"),
    [
        (None, "No card was given"),
        (ProviderUnavailable(kind=FailureKind.TIMED_OUT), "We don’t know yet whether the card was taken"),
        (ProviderRefused(kind=FailureKind.INVALID_REQUEST), "We don’t know yet whether the card was taken"),
    ],
)
def test_coming_back_without_a_card(home: Home, monkeypatch: pytest.MonkeyPatch, gives: object, said: str) -> None:
    answer(monkeypatch, "card.keep_method", gives=gives)
    back = home.client.get(gift_page(home, "card/back/"))
    assert back.status_code == 303
    assert said in main_of(home.client.get(back["Location"]))


def test_paying_what_failed_with_another_card_leads_to_the_providers_page(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "mend.mend_payment", gives=Mending(state=TroubleState.FAILED, url=PROVIDER_PAGE))
    led = Client().post(f"/en/monthly/mend/{home.links['mend']}/", {"with": "other"})
    assert (led.status_code, led["Location"]) == (303, PROVIDER_PAGE)


def test_a_bank_that_says_no_is_told_and_asked_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    no = Acted(act_id=1, state=ActState.REFUSED, told=None, failure_kind="card_declined")
    answer(monkeypatch, "mend.mend_payment", gives=Mending(state=TroubleState.FAILED, act=no))
    address = f"/en/monthly/mend/{home.links['mend']}/"
    led = Client().post(address, {"with": "kept"})
    assert led["Location"] == f"{address}?refused=1"
    page = main_of(Client().get(led["Location"]))
    assert "The bank did not accept this" in page
    assert "Pay 30.00 zł with another card" in page


@pytest.mark.parametrize(
    ("page", "operation"),
    [
        ("undo", "links.undo_first"),
        ("more", "links.accept_upgrade"),
        ("merge", "links.merge_by_link"),
        ("mend", "mend.mend_payment"),
        ("give", "occasions.give_occasion"),
    ],
)
def test_links_whose_act_nobody_answers_stay_good_and_out_of_the_log(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, page: str, operation: str
) -> None:
    answer(monkeypatch, operation, gives=ProviderUnavailable(kind=FailureKind.PROVIDER_FAULT))
    address = f"/en/monthly/{page}/{home.links[page]}/"
    before = main_of(Client().get(address))
    with caplog.at_level("ERROR"):
        refused = Client().post(address, {"with": "kept"})
    assert refused.status_code == 409
    assert "has trouble" in main_of(refused)
    assert before.count("<button") == main_of(Client().get(address)).count("<button") > 0
    assert home.links[page] not in caplog.text
