"""Payouts, disputes and the queue of payments on the desk."""

import csv
import io
from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django import Settings

from core.trail import trail_of
from payments import operations
from payments.models import BalanceMovement, Dispute, DisputeAct, MatterKind, Payout, PayoutState, StaffMatter
from payments.operations.matters import open_matter
from shop.staff.bank_reasons import bank_reason
from stripe_sandbox.testing import Client, start_in_thread
from tests.factories.money_afterwards import charge_of, disputed, make_dispute, make_payout, on_account, paid_out
from tests.factories.payments import deliver_all, give
from tests.factories.staff import Seat, beside, read
from tests.factories.time import NOW
from tests.factories.transparency import Giving

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A provider to ask, at the tests' today."""
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.01)
    with start_in_thread(seed=None) as client:
        client.clock(now=int(NOW.timestamp()), stopped=True)
        settings.STRIPE_API_BASE, settings.STRIPE_API_KEY = client.url, client.key
        settings.STRIPE_WEBHOOK_SECRETS = [client.webhook_secret]
        yield client


def exported(seat: Seat, path: str, **query: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO(seat.get(path, export="csv", **query).content.decode())))[1:]


def test_a_payout_shows_its_parts_and_their_sum(sandbox: Client, ada: Seat) -> None:
    give(sandbox=sandbox)
    net = on_account("asset:stripe_clearing")
    ref = paid_out(sandbox)
    sandbox.advance(seconds=3 * 3600)
    deliver_all(sandbox=sandbox)
    payout = Payout.objects.get()
    (row,) = exported(ada, "payouts/")
    assert (row[0], row[4], row[5]) == (ref, f"{net / 100:.2f}", f"{net / 100:.2f}")
    page = ada.text(f"payouts/{payout.pk}/")
    assert "By the provider's categories charge 1" in page.replace("Category Movements Net ", "")
    (part,) = exported(ada, f"payouts/{payout.pk}/")
    assert part[0] == BalanceMovement.objects.get(kind="charge").ref
    assert part[6] == f"{net / 100:.2f}"
    assert exported(ada, "payouts/", state=PayoutState.FAILED) == []


def test_a_payout_that_differs_says_so_and_leads_to_what_to_do(catalogue: None, ada: Seat, bartek: Seat) -> None:
    payout = make_payout(amount_minor=10_000)
    page = ada.text(f"payouts/{payout.pk}/")
    assert "was sent, but its parts sum to" in page
    queue = bartek.text("matters/")
    assert "A payout isn't the sum of its parts" in queue
    assert "compare its list with the provider's own" in queue
    assert exported(bartek, "matters/")[0][3] == f"Payout {payout.ref}"
    assert f'<a href="/en/dashboard/desk/payouts/{payout.pk}/">Payout' in bartek.get("matters/").content.decode()
    assert "A payout isn't the sum" in read(ada.client.get("/en/dashboard/")), "it stands among what waits"
    assert bartek.offers("matters/") == [f"close-{StaffMatter.objects.get().pk}"]
    assert ada.offers("matters/") == [], "who only prepares may look"


def test_a_matter_is_closed_with_what_came_of_it(catalogue: None, bartek: Seat) -> None:
    matter = open_matter(kind=MatterKind.NOT_COMPARED, subject="donation:7: timed_out", facts={}, now=NOW)
    name = f"close-{matter.pk}"
    assert beside(bartek.act("matters/", name, reason=" "), f"{name}-reason")
    fields = {**bartek.hidden("matters/", name), f"{name}-reason": "the provider was down"}
    assert bartek.send("matters/", fields).status_code == 302
    matter.refresh_from_db()
    assert (matter.resolved_by, matter.resolution) == (bartek.user, "the provider was down")
    assert trail_of(subject=f"matter:{matter.pk}").get().act == "matter_resolved"
    assert bartek.offers("matters/") == []
    assert exported(bartek, "matters/", show="closed")[0][5] == "the provider was down"
    bartek.send("matters/", fields)
    assert trail_of(subject=f"matter:{matter.pk}").count() == 1
    with pytest.raises(operations.MatterClosed):
        operations.resolve_matter(matter_id=matter.pk, reason="again", actor=bartek.user, now=NOW)


def test_an_unknown_movement_is_booked_from_the_desk(sandbox: Client, bartek: Seat) -> None:
    give(sandbox=sandbox)
    sandbox.movement(-700, type="adjustment", description="?")
    operations.compare_with_provider(now=timezone.now())
    matter = StaffMatter.objects.get()
    assert bartek.offers("matters/") == [f"{act}-{matter.pk}" for act in ("cost", "owed", "close")]
    assert bartek.act("matters/", f"owed-{matter.pk}", reason="a neighbour's").status_code == 302
    assert on_account("liability:unmatched") == 700
    assert bartek.offers("matters/") == []


def test_a_dispute_is_answered_once_with_its_reason(sandbox: Client, ada: Seat, bartek: Seat) -> None:
    donation = give(sandbox=sandbox)
    disputed(sandbox, donation)
    dispute = Dispute.objects.get()
    page = f"disputes/{dispute.pk}/"
    assert exported(ada, "disputes/")[0][0] == dispute.ref
    assert ada.offers(page) == []
    assert bartek.offers(page) == ["answer", "accept"]
    assert beside(bartek.act(page, "answer", text=" ", reason="why"), "answer-text")
    assert bartek.act(page, "answer", text="Two warm nights.", reason="the donor wrote").status_code == 302
    assert bartek.offers(page) == []
    said = ada.text(page)
    assert "Two warm nights." in said
    assert "under review" in said
    assert DisputeAct.objects.get().actor == bartek.user
    assert "refund" not in bartek.offers(f"donations/{donation.pk}/")


def test_a_loss_is_accepted(sandbox: Client, bartek: Seat) -> None:
    donation = give(sandbox=sandbox)
    disputed(sandbox, donation)
    assert bartek.act(f"disputes/{Dispute.objects.get().pk}/", "accept", reason="a stolen card").status_code == 302
    assert sandbox.stripe_client().v1.disputes.list({"charge": charge_of(donation)}).data[0].status == "lost"


@pytest.mark.parametrize("path", ["payouts/999/", "disputes/999/"])
def test_what_does_not_exist_is_not_found(ada: Seat, path: str) -> None:
    assert ada.get(path).status_code == 404
    assert ada.get(path, export="csv").status_code == 404


def test_the_pages_speak_polish(catalogue: None, bartek: Seat) -> None:
    dispute = make_dispute(Giving().give(20_000).charges.get())
    for path in ("matters/", "payouts/", "disputes/", f"disputes/{dispute.pk}/"):
        assert bartek.get(path, language="pl").status_code == 200


def test_a_banks_reason_is_said_in_words_and_a_new_one_by_its_code(catalogue: None, ada: Seat) -> None:
    dispute = make_dispute(Giving().give(20_000).charges.get())
    page = ada.text(f"disputes/{dispute.pk}/")
    assert "the donor says that somebody else paid" in page
    assert dispute.reason not in page
    assert bank_reason("a_new_one") == "a_new_one"
