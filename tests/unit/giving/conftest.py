"""Donors at home, with something of everything."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone

from donors.models import MailTopic
from donors.unsubscribing import unsubscribe_token
from payments.models import Donation, MonthlyGift, Receipt
from payments.operations.statements import yearly_statement
from tests.factories.donors import CANARY_EMAIL, make_donor
from tests.factories.giving import at_home, make_links
from tests.factories.monthly import make_monthly
from tests.factories.transparency import Giving, open_catalogue


@dataclass(frozen=True)
class Home:
    """What a donor has: a browser with a session, a donation, a monthly gift, a statement, and links in mails."""

    donor_id: int
    client: Client
    donation: Donation
    monthly: MonthlyGift
    statement_id: int
    links: dict[str, str]

    def addresses(self) -> list[str]:
        """Every address that names something of this donor, without the language."""
        gift = f"/my-giving/monthly/{self.monthly.pk}/"
        acts = ("change", "skip", "pause", "resume", "cancel", "restart", "switch", "mend", "card", "card/back")
        return [
            f"/my-giving/gifts/{self.donation.pk}/",
            f"/my-giving/statements/{self.statement_id}/pdf/",
            gift,
            *(f"{gift}{act}/" for act in acts),
        ]

    def link_addresses(self) -> list[str]:
        """Every address under a link in a mail, without the language."""
        pages = [(page, token) for page, token in self.links.items()]
        pages += [(page, self.links["give"]) for page in ("skip", "stop")]
        token = unsubscribe_token(donor_id=self.donor_id, topic=MailTopic.REPORTS)
        return [*(f"/monthly/{page}/{token_of}/" for page, token_of in pages), f"/unsubscribe/{token}/"]


@pytest.fixture
def home(db: None) -> Home:
    """A donor who gave, gives each month, and signed in just now."""
    return make_home()


def make_home() -> Home:
    open_catalogue()
    donation = Giving().give(50_000)
    donor_id = make_donor(email=CANARY_EMAIL, language="en")
    Donation.objects.filter(pk=donation.pk).update(donor_id=donor_id)
    donation.refresh_from_db()
    assert donation.settled_at is not None
    statement = yearly_statement(
        donor_id=donor_id,
        donee_code=Receipt.objects.get(donation=donation).donee.code,
        year=donation.settled_at.year,
        now=donation.settled_at,
    )
    return Home(
        donor_id=donor_id,
        client=at_home(donor_id),
        donation=donation,
        monthly=make_monthly(donor_id=donor_id, day=15, now=timezone.now()),
        statement_id=statement.pk,
        links=make_links(donor_id),
    )
