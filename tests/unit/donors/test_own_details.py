"""A donor's own details and cards; and donors who gave without being known."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import IntegrityError, transaction

from donors import operations, queries
from donors.mails import transport
from donors.models import Donor, Mail
from donors.operations import CardState
from donors.vault import DonorErased
from tests.factories.donors import (
    CANARIES,
    CANARY_DEDICATEE,
    CANARY_EMAIL,
    CANARY_NAME,
    make_dedication,
    make_donor,
    queue_receipt,
)
from tests.factories.time import NOW

pytestmark = pytest.mark.django_db

CHANGED = {"name": "Zofia Nowa", "company_name": "", "nip": "", "address": "ul. Inna 1", "language": "en"}


class TestOwnDetails:
    def test_a_change_replaces_all_but_the_address_and_touches_no_receipt(self) -> None:
        donor_id = make_donor()
        record_id = operations.write_statutory_record(donor_id=donor_id, now=NOW)
        operations.change_contact(donor_id=donor_id, now=NOW, **CHANGED)
        contact = operations.own_contact(donor_id=donor_id)
        assert (contact.email, contact.name, contact.company_name, contact.address) == (
            CANARY_EMAIL,
            "Zofia Nowa",
            "",
            "ul. Inna 1",
        )
        assert queries.donor_language(donor_id=donor_id) == "en"
        assert queries.find_donor(email=CANARY_EMAIL) == donor_id
        assert operations.read_statutory_record(record_id=record_id).name == CANARY_NAME

    def test_the_language_alone(self) -> None:
        donor_id = make_donor()
        operations.change_language(donor_id=donor_id, language="en", now=NOW)
        assert queries.donor_language(donor_id=donor_id) == "en"
        assert operations.own_contact(donor_id=donor_id).name == CANARY_NAME

    def test_who_was_erased_has_nothing_to_see_or_change(self) -> None:
        donor_id = make_donor()
        operations.erase_contact(donor_id=donor_id, now=NOW)
        with pytest.raises(DonorErased):
            operations.own_contact(donor_id=donor_id)
        with pytest.raises(DonorErased):
            operations.change_contact(donor_id=donor_id, now=NOW, **CHANGED)
        with pytest.raises(DonorErased):
            operations.change_language(donor_id=donor_id, language="en", now=NOW)


class TestCards:
    def state(self, donor_id: int) -> CardState:
        (card,) = operations.cards_of(donor_id=donor_id)
        return card.state

    def test_a_card_says_how_far_it_is(self) -> None:
        donor_id = make_donor()
        make_dedication(donor_id=donor_id, send_on=NOW.date())
        assert self.state(donor_id) is CardState.WAITING
        operations.release_dedications(reference="donation:12", now=NOW)
        assert self.state(donor_id) is CardState.DUE
        operations.send_due_mails(now=NOW + timedelta(hours=1))
        (card,) = operations.cards_of(donor_id=donor_id)
        assert (card.state, card.sent_at, card.recipient_name) == (
            CardState.SENT,
            NOW + timedelta(hours=1),
            CANARY_DEDICATEE,
        )
        assert not [word for word in CANARIES if word in repr(card)]

    def test_one_that_could_not_be_delivered_and_one_that_was_cancelled_say_so(self, monkeypatch) -> None:
        def refuse(message) -> None:
            raise transport.MailboxRefused("SMTPRecipientsRefused 550")

        donor_id = make_donor()
        make_dedication(donor_id=donor_id, send_on=NOW.date())
        operations.release_dedications(reference="donation:12", now=NOW)
        monkeypatch.setattr(transport, "deliver", refuse)
        operations.send_due_mails(now=NOW)
        assert self.state(donor_id) is CardState.FAILED
        operations.cancel_dedications(reference="donation:12", now=NOW)
        assert self.state(donor_id) is CardState.CANCELLED

    def test_nobody_sees_the_cards_of_another_nor_of_who_was_erased(self) -> None:
        donor_id, other_id = make_donor(), make_donor(email="other@example.org")
        make_dedication(donor_id=donor_id)
        assert operations.cards_of(donor_id=other_id) == []
        operations.erase_contact(donor_id=donor_id, now=NOW)
        assert operations.cards_of(donor_id=donor_id) == []


class TestAnonymous:
    def make(self, **given: str) -> int:
        return operations.remember_anonymous(**{"email": CANARY_EMAIL, "language": "pl", "now": NOW, **given})

    def test_it_is_found_by_no_address_joined_with_nothing_and_never_signed_in(self) -> None:
        known = make_donor()
        anonymous, again = self.make(), self.make()
        assert len({known, anonymous, again}) == 3
        assert queries.find_donor(email=CANARY_EMAIL) == known
        assert queries.is_anonymous(donor_id=anonymous)
        operations.erase_contact(donor_id=known, now=NOW)
        assert queries.find_donor(email=CANARY_EMAIL) is None

    def test_its_address_serves_its_own_mail(self) -> None:
        queue_receipt(donor_id=self.make())
        operations.send_due_mails(now=NOW)
        assert django_mail.outbox[0].to == [CANARY_EMAIL]

    def test_without_an_address_nobody_is_written_to_and_nothing_waits(self) -> None:
        donor_id = self.make(email="")
        operations.queue_mail(
            donor_id=donor_id, kind="refund", key="refund:1", context={"refund_minor": 1, "sum_minor": 1}, now=NOW
        )
        assert not Mail.objects.exists()
        record_id = operations.write_statutory_record(donor_id=donor_id, now=NOW)
        assert operations.read_statutory_record(record_id=record_id).email_masked == ""

    def test_it_can_be_exported_and_erased(self) -> None:
        donor_id = self.make(name=CANARY_NAME)
        assert operations.export_donor(donor_id=donor_id)["donors"]["contact"]["name"] == CANARY_NAME
        operations.erase_contact(donor_id=donor_id, now=NOW)
        assert operations.export_donor(donor_id=donor_id)["donors"]["contact"] is None

    @pytest.mark.parametrize("anonymous", [True, False])
    def test_the_database_refuses_a_hash_of_who_is_anonymous_and_its_lack_of_who_is_not(self, anonymous: bool) -> None:
        donor_id = self.make() if anonymous else make_donor()
        with pytest.raises(IntegrityError, match="donor_readable_or_erased"), transaction.atomic():
            Donor.objects.filter(pk=donor_id).update(email_hash=b"x" * 32 if anonymous else None)
