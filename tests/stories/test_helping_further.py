"""The later life of help: emergencies, grants, surplus, deficits, the year's end, and what was wrong."""

import pytest

from aid_packages.models import Allocation, LossCover, Need, Redirect, SpendingDocument
from aid_packages.queries import open_payables, spending_rows
from ledger.queries import account_balance, fund_available, fund_balance
from tests.factories.aid_life import take_from
from tests.stories.desk import Desk, bank_account_opens
from tests.support.story import Clock, Donor, Story, mails_to

pytestmark = pytest.mark.money


@pytest.fixture(autouse=True)
def _account(story: Story) -> None:
    """The bank account held 5,000 zł for warm nights and 1,000 zł for where it is needed most when the books began."""
    bank_account_opens(fund="WARM-NIGHT", amount_minor=500_000, clock=story.clock)
    bank_account_opens(fund="GENERAL", amount_minor=100_000, clock=story.clock)


def sets_aside_at_once(somebody: Desk, amount: str) -> str:
    """An emergency for the field team; its page."""
    answer = somebody.does(
        "allocations/",
        "emergency",
        fund="WARM-NIGHT",
        partner="DEMO-FIELD",
        region="north",
        first="2026-11",
        last="2026-12",
        amount=amount,
        purpose="Frost tonight",
        reason="minus twenty is forecast, and nobody answers the phone",
    )
    return answer["Location"].split("/desk/")[1]


def test_a_night_that_could_not_wait(ada: Desk, bartek: Desk, clock: Clock) -> None:
    """Frost comes at night: Ada sets 800 zł aside alone, the field team has it at once, Bartek countersigns in the morning."""
    envelope = sets_aside_at_once(ada, "800")
    assert "countersign" not in ada.is_offered(envelope), "nobody countersigns what they booked"
    bartek.pays_advance(envelope, "800")
    clock.passes(hours=9)
    bartek.does(envelope, "countersign", reason="right so")
    invoice = ada.records(envelope, "FV 3/11", "800")
    bartek.accepts(invoice)
    ada.closes(envelope)
    assert fund_balance(code="WARM-NIGHT") == fund_available(code="WARM-NIGHT") == 420_000


def test_an_emergency_that_was_none(ada: Desk, bartek: Desk, clock: Clock) -> None:
    """Bartek finds after four days that it could have waited: what is free goes back, what the team has is settled."""
    envelope = sets_aside_at_once(ada, "800")
    bartek.pays_advance(envelope, "300")
    clock.passes(days=4)
    assert "72 hours are over" in bartek.reads(envelope)
    bartek.does(envelope, "refuse", reason="Monday would have been in time")
    assert fund_available(code="WARM-NIGHT") == 470_000
    ada.books_return(envelope, "300")
    ada.closes(envelope)
    assert fund_available(code="WARM-NIGHT") == fund_balance(code="WARM-NIGHT") == 500_000


def test_a_grant_that_was_a_mistake(ada: Desk, bartek: Desk) -> None:
    """500 zł are granted to the field team for good; it was meant for somebody else, is taken back, and comes back."""
    envelope = ada.drafts(fund="WARM-NIGHT", partner="DEMO-FIELD", amount="500", purpose="Winter rent of the store")
    bartek.approves(envelope)
    paper = {"grade": "partner_attested", "attestation": "Letter 7/2026", "reason": "as agreed"}
    bartek.does(envelope, "grant", amount="500", day=bartek.today, **paper)
    assert fund_balance(code="WARM-NIGHT") == 450_000
    ada.closes(envelope)
    (take_back,) = [name for name in ada.is_offered(envelope) if name.startswith("take_back")]
    ada.does(envelope, take_back, reason="the letter is of another partner")
    assert ada.is_offered(envelope) == [], "nobody approves what they proposed"
    bartek.does(envelope, take_back.replace("take_back", "take_back_approve"), reason="so it is")
    assert account_balance(code="asset:advance:DEMO-FIELD") == 50_000
    ada.books_return(envelope, "500")
    ada.closes(envelope)
    assert fund_balance(code="WARM-NIGHT") == fund_available(code="WARM-NIGHT") == 500_000


def test_bought_in_december_and_paid_in_january(ada: Desk, bartek: Desk, clock: Clock) -> None:
    """A volunteer pays for sleeping bags; the invoice is accepted on 30 December and reimbursed on 9 January."""
    envelope = ada.drafts(fund="WARM-NIGHT", amount="400", purpose="Sleeping bags", months="2026-12")
    bartek.approves(envelope)
    clock.passes(days=39)
    invoice = ada.records(envelope, "F/12/30", "400", act="purchase", payee="volunteer", due_on="2027-01-10")
    bartek.accepts(invoice)
    assert "2027-01-10" in bartek.reads("payables/")
    clock.passes(days=10)
    bartek.pays(invoice)
    assert open_payables() == []
    assert [row.accepted_minor for row in spending_rows(first_period=202601, last_period=202612)] == [40_000]
    assert spending_rows(first_period=202701, last_period=202712) == []
    ada.closes(envelope)


def test_the_season_is_over_and_money_is_left(donor: Donor, story: Story, ada: Desk, bartek: Desk) -> None:
    """The winter was mild: what is left of warm nights goes to the forest's area, and Zofia and Piotr are told their part."""
    donor.opens_package("warm-night", quantity=2)
    donor.gives_now()
    donor.pays()
    neighbour = story.another_donor("piotr@example.org")
    neighbour.chooses_sum("111", to="warm-night")
    neighbour.gives_now()
    neighbour.pays()
    story.everybody_does_their_part()
    need = Need.objects.get(code="warm-night")
    bartek.does("redirects/", "end_need", need=need.pk, reason="no frost is forecast any more")
    assert "season is over" in donor.opens("needs/warm-night/")
    proposed = ada.does(
        "redirects/", f"propose-{need.pk}", to_fund="FOREST", amount="240.50", reason="nothing is planned here"
    )
    page = proposed["Location"].split("/desk/")[1]
    assert "Clause 1" in bartek.reads(page)
    bartek.does(page, "approve", reason="as the clause says")
    story.everybody_does_their_part()
    parts = {address: mails_to(address)[-1].body for address in (donor.email, "piotr@example.org")}
    assert "185.00 zł of your donation now help here" in " ".join(parts[donor.email].split())
    assert "55.50 zł of your donation now help here" in " ".join(parts["piotr@example.org"].split())
    assert Redirect.objects.get().told.donors == 2
    assert "Donors told 2" in ada.reads(page)
    assert fund_balance(code="FOREST") == 24_050


def test_money_goes_back_after_it_was_promised(ada: Desk, bartek: Desk, story: Story) -> None:
    """All of a need's money is promised when 300 zł go back late: it is named, blocks the next envelope, and is covered."""
    envelope = ada.drafts(fund="WARM-NIGHT", amount="5000", purpose="Sleeping bags for the winter")
    bartek.approves(envelope)
    take_from(fund_code="WARM-NIGHT", amount_minor=30_000, reference="late", now=story.clock.now)
    another = ada.drafts(fund="WARM-NIGHT", amount="1", purpose="One more")
    assert "lacks 300.00 zł" in bartek.is_refused(another, "approve", reason="it is only one")
    proposed = ada.does("deficits/", "cover-WARM-NIGHT", amount="300", reason="came back late")
    page = proposed["Location"].split("/desk/")[1]
    bartek.does(page, "approve", reason="so that the envelope holds")
    assert LossCover.objects.get().state == "approved"
    assert (fund_available(code="WARM-NIGHT"), fund_balance(code="GENERAL")) == (0, 70_000)
    bartek.does(another, "reject", reason="there is nothing left")


def test_an_invoice_that_was_accepted_for_another(ada: Desk, bartek: Desk) -> None:
    """An invoice of 250 zł was accepted and belongs in part to another house: it is taken back, and brought rightly."""
    envelope = ada.drafts(fund="WARM-NIGHT", partner="DEMO-FIELD", amount="500", purpose="Mats")
    bartek.approves(envelope)
    bartek.pays_advance(envelope, "250")
    wrong = ada.records(envelope, "FV 88", "250")
    bartek.accepts(wrong)
    ada.does(wrong, "take_back", reason="a part of it was for another house")
    bartek.does(wrong, "take_back_approve", reason="so it is")
    assert account_balance(code="asset:advance:DEMO-FIELD") == 25_000
    ada.does(
        envelope,
        "document",
        issuer_nip="5260250274",
        issuer_name="Outdoor shop",
        number="FV 88",
        issued_on=ada.today,
        total="250",
        own_share="200",
        funders="The other house; 50",
        grade="invoice_seen",
        reason="with the other house named",
    )
    right = SpendingDocument.objects.get(state="recorded")
    bartek.accepts(f"documents/{right.pk}/")
    ada.books_return(envelope, "50")
    ada.closes(envelope)
    assert Allocation.objects.get().state == "closed"
    assert fund_balance(code="WARM-NIGHT") == fund_available(code="WARM-NIGHT") == 480_000
