"""A donation on the desk: money back, once; who gave it, never unnoticed."""

from collections.abc import Iterator
from unittest.mock import Mock

import pytest

from core.models import TrailEntry
from donors.operations import erase_contact
from payments import operations
from payments.failures import FailureKind
from payments.provider import ProviderRefused, ProviderUnavailable
from tests.factories.donors import CANARIES, CANARY_EMAIL, CANARY_NAME, make_donor
from tests.factories.staff import Seat, beside, read
from tests.factories.transparency import Giving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def page() -> str:
    """The page of a gift of 200 zł by the donor whose every word would be noticed."""
    return f"donations/{Giving().give(20_000, donor_id=make_donor()).pk}/"


@pytest.fixture
def refund(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mock]:
    """The domain call, watched. What it does is payments' to prove."""
    watched = Mock()
    monkeypatch.setattr(operations, "refund_donation", watched)
    return watched


def test_giving_back_asks_payments_once_per_form(bartek: Seat, page: str, refund: Mock) -> None:
    hidden = bartek.hidden(page, "refund")
    form = {**hidden, "refund-amount": "50,00", "refund-reason": "they asked for it"}
    for _click in range(2):
        assert bartek.send(page, form).status_code == 302
    keys = {call.kwargs["request_key"] for call in refund.call_args_list}
    assert keys == {f"desk:{hidden['refund-request_key']}"}
    assert refund.call_args.kwargs["amount_minor"] == 5_000
    assert refund.call_args.kwargs["actor"] == bartek.user


@pytest.mark.parametrize(
    ("refusal", "field", "said"),
    [
        (operations.OverRefund(available=1_234), "amount", "Only 12.34 zł is left to give back."),
        (operations.NothingToRefund(donation_id=1), "amount", "Nothing of this donation is left"),
        (operations.RequestReused(refund_id=1), "", "sent before with other contents"),
        (ProviderUnavailable(kind=FailureKind.TIMED_OUT), "", "Sending this form again is safe"),
        (ProviderRefused(kind=FailureKind.INVALID_REQUEST), "", "Nothing was done."),
    ],
)
def test_each_refusal_is_told(refusal: Exception, field: str, said: str, bartek: Seat, page: str, refund: Mock) -> None:
    refund.side_effect = refusal
    answer = bartek.act(page, "refund", amount="12.35", reason="they asked for it")
    assert answer.status_code == 422
    assert said in (beside(answer, f"refund-{field}") if field else read(answer))
    assert 'value="12.35"' in answer.content.decode()


def test_the_offered_sum_can_be_sent_as_it_stands_in_both_languages(bartek: Seat, page: str, refund: Mock) -> None:
    for language in ("pl", "en"):
        bartek.act(page, "refund", language=language, amount="200,00", reason="all of it")
        assert refund.call_args.kwargs["amount_minor"] == 20_000


def test_who_only_prepares_gives_nothing_back(ada: Seat, page: str, refund: Mock) -> None:
    assert ada.offers(page) == []
    ada.send(page, {"act": "refund", "refund-amount": "1", "refund-reason": "x", "refund-request_key": "0" * 32})
    refund.assert_not_called()


def test_who_gave_is_shown_once_to_who_may_with_a_reason_and_a_trail(may_reveal: Seat, page: str) -> None:
    assert not [canary for canary in CANARIES if canary in may_reveal.text(page)]
    assert may_reveal.act(page, "reveal", reason=" ").status_code == 422
    assert not TrailEntry.objects.filter(act="donors.reveal_contact").exists()
    answer = may_reveal.act(page, "reveal", reason="they asked for a corrected receipt")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert (CANARY_EMAIL in read(answer), CANARY_NAME in read(answer)) == (True, True)
    entry = TrailEntry.objects.get(act="donors.reveal_contact")
    assert (entry.actor, entry.reason) == (may_reveal.user, "they asked for a corrected receipt")
    later = may_reveal.text(page)
    assert "looked up who the donor is" in later
    assert not [canary for canary in CANARIES if canary in later]


def test_who_may_not_see_donors_is_not_even_asked(ada: Seat, page: str) -> None:
    assert "reveal" not in ada.offers(page)
    answer = ada.send(page, {"act": "reveal", "reveal-reason": "curious", "reveal-request_key": "0" * 32})
    assert answer.status_code == 302
    assert not TrailEntry.objects.filter(act="donors.reveal_contact").exists()


def test_a_donor_who_was_forgotten_stays_forgotten(may_reveal: Seat, page: str) -> None:
    from payments.models import Donation
    from tests.factories.time import NOW

    erase_contact(donor_id=Donation.objects.get().donor_id, now=NOW)
    answer = may_reveal.act(page, "reveal", reason="they wrote again")
    assert answer.status_code == 422
    assert "has been forgotten" in read(answer)
