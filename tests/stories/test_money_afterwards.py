"""What happens to money after it was given: it is paid out, disputed, warned of, and worth something else on another day."""

import pytest
from pytest_django import Settings

from ledger.queries import account_balance, fund_balance
from payments import operations
from payments.models import Charge, Dispute, LinedUpGift, Payout, StaffMatter
from payments.operations import FrozenLine
from payments.states import DonationState
from tests.factories.donors import make_donor
from tests.stories.desk import Desk
from tests.support.story import Clock, Donor, PaymentPage, Story, mails_to

pytestmark = pytest.mark.money

CLEARING, IN_TRANSIT, BANK, LOSSES = (
    "asset:stripe_clearing",
    "asset:bank_in_transit",
    "asset:bank:main",
    "fund:GENERAL:losses",
)
CARD_OF_A_THIEF = "4000000000005423"


@pytest.fixture
def given(donor: Donor, story: Story) -> Donor:
    """Zofia, who gave two warm nights this morning."""
    donor.opens_package("warm-night", quantity=2)
    donor.gives_now()
    donor.pays()
    story.everybody_does_their_part()
    return donor


def the_bank_disputes(story: Story, donor: Donor, **facts: object) -> str:
    """Zofia's bank asks for her gift back; everybody hears of it. The dispute's page on the desk."""
    charge = Charge.objects.get(donation=donor.donation)
    made = story.sandbox.dispute(charge.ref, **facts)
    story.everybody_does_their_part()
    return f"disputes/{Dispute.objects.get(ref=made['id']).pk}/"


def the_bank_decides(story: Story, outcome: str, **facts: object) -> None:
    story.sandbox.decide(Dispute.objects.get().ref, outcome, **facts)
    story.everybody_does_their_part()


def test_a_payout_that_is_its_parts(given: Donor, story: Story, clock: Clock, ada: Desk) -> None:
    """Zofia's gift, less its fee, is with the provider for some days, on its way for one, and then on our bank account."""
    with_provider = account_balance(code=CLEARING)
    clock.passes(days=5)
    story.sandbox.payout()
    clock.passes(hours=3)
    story.everybody_does_their_part()
    assert (account_balance(code=CLEARING), account_balance(code=IN_TRANSIT)) == (0, with_provider)
    page = f"payouts/{Payout.objects.get().pk}/"
    assert "on its way" in ada.reads(page)
    clock.passes(days=1)
    story.everybody_does_their_part()
    assert (account_balance(code=IN_TRANSIT), account_balance(code=BANK)) == (0, with_provider)
    assert "363.45" in ada.reads(page)
    assert "Nothing waits here" in ada.reads("matters/")


def test_a_payout_with_a_part_missing(
    given: Donor, story: Story, clock: Clock, bartek: Desk, settings: Settings
) -> None:
    """The provider sends two gifts and lists one: somebody is told, asks, and the next night the list is whole again."""
    second = story.another_donor("jan@example.org")
    second.opens_package("warm-night")
    second.gives_now()
    second.pays()
    clock.passes(days=5)
    story.sandbox.fault("payout_part_missing")
    story.sandbox.payout()
    clock.passes(hours=3)
    story.everybody_does_their_part()
    story.workers.beat_strikes()
    assert "A payout isn't the sum of its parts" in bartek.reads("matters/")
    assert len(mails_to(settings.STAFF_EMAIL)) == 1
    assert "but its parts sum to" in bartek.reads(f"payouts/{Payout.objects.get().pk}/")
    story.sandbox.release("payout_part")
    clock.passes(days=1)
    story.workers.beat_strikes("payments.compare_with_provider")
    assert "Nothing waits here" in bartek.reads("matters/")
    assert StaffMatter.objects.get().resolution == "it is the sum of its parts"


def test_a_dispute_that_is_won(given: Donor, story: Story, clock: Clock, bartek: Desk) -> None:
    """Zofia's bank takes her gift back; Bartek tells it what she gave, and it comes back. What the bank's work cost stays."""
    before = fund_balance(code="WARM-NIGHT")
    page = the_bank_disputes(story, given)
    assert given.donation.state == DonationState.DISPUTED
    assert fund_balance(code="WARM-NIGHT") == 0
    assert "refund" not in bartek.is_offered(f"donations/{given.donation.pk}/"), "what goes back goes by the dispute"
    bartek.does(
        page, "answer", text="Two nights in a warm place, given on our page. winning_evidence", reason="she wrote"
    )
    story.everybody_does_their_part()
    assert given.donation.state == DonationState.SETTLED
    assert fund_balance(code="WARM-NIGHT") == before
    assert "Thank you" in given.looks_again()
    assert len(given.finds_mails()) == 1, "her receipt, and not a word about her bank"


def test_a_dispute_that_is_lost(given: Donor, story: Story, bartek: Desk) -> None:
    """Zofia's card was stolen, and it was not she who gave: Bartek accepts the loss, and nobody blames her in a mail."""
    page = the_bank_disputes(story, given)
    bartek.does(page, "accept", reason="the card was stolen, she told us")
    story.everybody_does_their_part()
    assert given.donation.state == DonationState.LOST
    assert bartek.is_offered(page) == []
    assert len(given.finds_mails()) == 1


def test_a_part_is_disputed_and_a_part_comes_back(given: Donor, story: Story) -> None:
    """Zofia's bank takes a hundred of her gift and in the end returns sixty: forty went back, the rest stays given."""
    the_bank_disputes(story, given, amount=10_000)
    assert given.donation.state == DonationState.DISPUTED
    the_bank_decides(story, "won", amount=6_000, fee_back=True)
    assert (given.donation.state, given.donation.refunded_minor) == (DonationState.PARTLY_REFUNDED, 4_000)
    assert "40.00" in given.looks_again()
    assert len(given.finds_mails()) == 1


def test_a_dispute_after_the_money_was_spent(given: Donor, story: Story, clock: Clock, ada: Desk, bartek: Desk) -> None:
    """Zofia's gift became sleeping bags; then her bank takes it back. The bags stay bought, and the need lacks the money."""
    clock.passes(days=5)
    story.sandbox.payout()
    clock.passes(days=2)
    story.everybody_does_their_part()
    envelope = ada.drafts(fund="WARM-NIGHT", amount="300", purpose="Sleeping bags")
    bartek.approves(envelope)
    bags = ada.records(envelope, "F/2026/11/8", "300", act="purchase")
    bartek.accepts(bags)
    bartek.pays(bags)
    ada.closes(envelope)
    the_bank_disputes(story, given)
    the_bank_decides(story, "lost")
    assert fund_balance(code="WARM-NIGHT") == -30_000, "what was spent stays spent"
    assert "accepted" in ada.reads(bags)
    assert "lacks" in ada.seat.client.get("/en/dashboard/").content.decode()
    said = bartek.is_refused(
        ada.drafts(fund="WARM-NIGHT", amount="100", purpose="More bags"), "approve", reason="they are needed"
    )
    assert "lacks" in said


def test_a_dispute_of_a_gift_that_stands_in_line(given: Donor, story: Story, clock: Clock) -> None:
    """Zofia's gift has been on its need's line for a month when her bank takes it: the need keeps it, we lose it."""
    before = fund_balance(code="WARM-NIGHT")
    clock.passes(days=30)
    story.workers.beat_strikes("attribution.line_up_day")
    assert LinedUpGift.objects.filter(donation=given.donation).exists()
    the_bank_disputes(story, given)
    the_bank_decides(story, "lost")
    assert fund_balance(code="WARM-NIGHT") == before
    assert account_balance(code=LOSSES) == 37_000


def test_a_gift_in_euros(donor: Donor, story: Story, clock: Clock, bartek: Desk) -> None:
    """Zofia, abroad, gives fifty euros: booked in złoty at the day's rate; back it goes at another day's."""
    line = FrozenLine(title="A warm night", fund_code="WARM-NIGHT", unit_minor=5_000, quantity=1, fallback="the forest")
    started = operations.start_donation(
        intent_key="zofia-abroad",
        donor_id=make_donor(email=donor.email, language="en"),
        lines=[line],
        cover_fee=False,
        expected_total_minor=5_000,
        language="en",
        terms_version="2026-11",
        return_url=lambda token: f"http://testserver/en/thank-you/{token}/",
        cancel_url="http://testserver/en/",
        now=clock.now,
        currency="EUR",
    )
    story.sandbox.fault("late_balance_transaction")
    donor.token, donor.payment_page = started.token, PaymentPage(started.checkout_url or "", donor.email)
    story.pages.append(donor.payment_page)
    donor.pays_and_closes_the_browser()
    story.everybody_does_their_part()
    assert donor.donation.state == DonationState.PROCESSING, "what it is worth nobody knows yet"
    story.sandbox.release("balance_transaction")
    clock.passes(minutes=20)
    story.everybody_does_their_part()
    story.workers.beat_strikes()
    assert donor.donation.state == DonationState.SETTLED
    assert "€50.00" in donor.looks_again()
    assert fund_balance(code="WARM-NIGHT") == 21_250 - 419
    story.sandbox.rates(eur=4_3000)
    bartek.gives_back(donor.donation, "50")
    story.everybody_does_their_part()
    assert donor.donation.state == DonationState.REFUNDED
    assert account_balance(code=LOSSES) == 419 + 250


def test_a_bank_warns_of_fraud(donor: Donor, story: Story, clock: Clock, bartek: Desk, settings: Settings) -> None:
    """Somebody tries a stolen card on us; its bank warns, Bartek reads what to do, and gives back before it is a dispute."""
    donor.opens_package("warm-night")
    donor.gives_now()
    donor.pays(card=CARD_OF_A_THIEF)
    clock.passes(hours=2)
    story.everybody_does_their_part()
    story.workers.beat_strikes()
    assert "Giving the money back now" in bartek.reads("matters/")
    assert len(mails_to(settings.STAFF_EMAIL)) == 1
    assert donor.donation.state == DonationState.SETTLED, "nothing happens by itself"
    bartek.gives_back(donor.donation, "185", reason="a stolen card, says the bank")
    story.everybody_does_their_part()
    assert "Nothing waits here" in bartek.reads("matters/")
