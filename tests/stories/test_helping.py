"""Money becomes help: envelopes, advances, documents, purchases."""

import threading

import pytest
from django.db import connection

from aid_packages.models import Allocation, SpendingDocument
from ledger.queries import account_balance, fund_available, fund_balance
from tests.stories.desk import FILLING_STATION, Desk, bank_account_opens
from tests.support.story import Clock, Donor, Story

pytestmark = pytest.mark.money

WITH_THE_FIELD_TEAM = "asset:advance:DEMO-FIELD"


@pytest.fixture(autouse=True)
def _account(story: Story) -> None:
    """The bank account held 5,000 zł for warm nights, and 1,000 zł for the field team, when the books began."""
    bank_account_opens(fund="WARM-NIGHT", amount_minor=500_000, clock=story.clock)
    bank_account_opens(fund="FIELD-TEAM", amount_minor=100_000, clock=story.clock)


def test_an_advance_is_accounted_for_and_the_rest_comes_back(ada: Desk, bartek: Desk, clock: Clock) -> None:
    """The field team gets 1,000 zł, brings two invoices for 850 zł, one of them in a second round, and returns the rest."""
    envelope = ada.drafts(fund="WARM-NIGHT", partner="DEMO-FIELD", amount="1000", purpose="Sleeping bags")
    assert "approve" not in ada.is_offered(envelope), "nobody approves what they drafted"
    assert fund_available(code="WARM-NIGHT") == 500_000
    bartek.approves(envelope)
    assert fund_available(code="WARM-NIGHT") == 400_000
    bartek.pays_advance(envelope, "1000")
    assert fund_balance(code="WARM-NIGHT") == 500_000, "money with a partner is not spent yet"

    clock.passes(days=2)
    bags = ada.records(envelope, "FV 17/2026", "600")
    mats = ada.records(envelope, "FV 9/11", "250")
    bartek.accepts(bags)
    bartek.does(mats, "query", reason="the second page is missing")
    assert "the second page is missing" in ada.reads(mats)
    assert "can't be closed" in ada.is_refused(envelope, "close", reason="all done").replace("’", "'")
    bartek.accepts(mats)
    assert account_balance(code=WITH_THE_FIELD_TEAM) == 15_000
    ada.books_return(envelope, "150")
    ada.closes(envelope)

    assert Allocation.objects.get().state == "closed"
    assert account_balance(code=WITH_THE_FIELD_TEAM) == 0
    assert fund_available(code="WARM-NIGHT") == fund_balance(code="WARM-NIGHT") == 415_000


def test_we_buy_something_ourselves(ada: Desk, bartek: Desk, clock: Clock) -> None:
    """The house buys sleeping bags for 400 zł: the invoice is accepted by another person first, and paid a week later."""
    envelope = ada.drafts(fund="WARM-NIGHT", amount="500", purpose="Sleeping bags for our own store")
    bartek.approves(envelope)
    invoice = ada.records(envelope, "F/2026/11/3", "400", act="purchase")
    assert ada.is_offered(invoice) == [], "nobody accepts what they recorded"
    bartek.accepts(invoice)
    assert account_balance(code="liability:payable") == -40_000
    clock.passes(days=7)
    bartek.pays(invoice)
    assert account_balance(code="liability:payable") == 0
    ada.closes(envelope)
    assert fund_available(code="WARM-NIGHT") == 460_000


def test_one_invoice_for_two_needs_with_another_funders_share(ada: Desk, bartek: Desk) -> None:
    """An invoice of 900 zł: 300 zł are another funder's, 400 zł are for warm nights and 200 zł for the field team."""
    nights = ada.drafts(fund="WARM-NIGHT", partner="DEMO-FIELD", amount="500", purpose="Sleeping bags")
    team = ada.drafts(fund="FIELD-TEAM", partner="DEMO-FIELD", amount="300", purpose="Fuel")
    for envelope, advance in ((nights, "500"), (team, "300")):
        bartek.approves(envelope)
        bartek.pays_advance(envelope, advance)
    other = Allocation.objects.get(fund_code="FIELD-TEAM")
    invoice = ada.records(
        nights, "FV 44", "900", own_share="600", funders="Another house; 300", other=other.pk, other_amount="200"
    )
    assert not SpendingDocument.objects.exclude(state="recorded").exists()
    bartek.accepts(invoice)
    assert (fund_balance(code="WARM-NIGHT"), fund_balance(code="FIELD-TEAM")) == (460_000, 80_000)

    again = {"issuer_nip": "526-025-02-74", "number": "fv 44", "total": "1", "issued_on": ada.today, "reason": "again"}
    said = ada.is_refused(nights, "document", **again, grade="invoice_seen")
    assert "already" in said or "before" in said, "the same invoice can't be brought twice"
    elsewhere = ada.records(nights, "FV 44/A", "10", issuer_nip=FILLING_STATION)
    bartek.accepts(elsewhere)


def test_two_approvals_at_once(ada: Desk, bartek: Desk, story: Story) -> None:
    """Two envelopes of 3,000 zł wait, the need has 5,000 zł, and both are approved in the same second: one goes through."""
    envelopes = [ada.drafts(fund="WARM-NIGHT", amount="3000", purpose="Sleeping bags") for _draft in range(2)]
    forms = [{**bartek.seat.hidden(envelope, "approve"), "approve-reason": "agreed"} for envelope in envelopes]
    together = threading.Barrier(2)
    answers: list[int] = []

    def approve(envelope: str, form: dict[str, str]) -> None:
        together.wait()
        answers.append(bartek.seat.send(envelope, form).status_code)
        connection.close()

    both = [threading.Thread(target=approve, args=pair) for pair in zip(envelopes, forms, strict=True)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(answers) == [302, 422]
    quicker = Allocation.objects.get(state="approved")
    story.names[f"commitment:{quicker.pk}"] = "commitment of the quicker one"
    assert sorted(Allocation.objects.values_list("state", flat=True)) == ["approved", "drafted"]
    assert fund_available(code="WARM-NIGHT") == 200_000


def test_money_that_was_given_is_spent(donor: Donor, story: Story, ada: Desk, bartek: Desk) -> None:
    """What Zofia gave for the field team can be promised at once, and not a grosz more than there is after the fee."""
    donor.opens_package("fuel", quantity=10)
    donor.gives_now()
    donor.pays()
    story.everybody_does_their_part()
    there_is = fund_available(code="FIELD-TEAM")
    assert there_is == 100_000 + 50_000 - 850
    envelope = ada.drafts(fund="FIELD-TEAM", amount="1491.51", purpose="Fuel for the winter")
    assert "1,491.50" in bartek.is_refused(envelope, "approve", reason="all of it")
    envelope = ada.drafts(fund="FIELD-TEAM", amount="1491.50", purpose="Fuel for the winter")
    bartek.approves(envelope)
    assert fund_available(code="FIELD-TEAM") == 0
