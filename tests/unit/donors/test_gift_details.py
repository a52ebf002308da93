"""What was typed for one gift stands on that gift's receipt and card, whatever is typed for the next one."""

from datetime import timedelta

import pytest
from django.core import mail

from donors import operations
from donors.models import GiftDetails
from donors.operations import Giver
from donors.promises import erased_donors_are_forgotten
from donors.vault import DonorErased
from tests.factories.donors import CANARY_ADDRESS, CANARY_COMPANY, CANARY_NAME, CANARY_NIP, make_dedication, make_donor
from tests.factories.time import NOW

pytestmark = pytest.mark.django_db

GIFT = "order:ABC"
GIVER = Giver(name=CANARY_NAME, company_name=CANARY_COMPANY, nip=CANARY_NIP, address=CANARY_ADDRESS)


def keep(donor_id: int, *, gift: str = GIFT, giver: Giver = GIVER) -> None:
    operations.keep_gift_details(donor_id=donor_id, gift=gift, giver=giver, now=NOW)


def written(donor_id: int, *, gift: str = GIFT) -> operations.StatutoryDetails:
    record_id = operations.write_statutory_record(donor_id=donor_id, gift=gift, now=NOW)
    return operations.read_statutory_record(record_id=record_id)


def test_a_receipt_names_who_gave_this_gift_and_not_who_typed_last() -> None:
    donor_id = make_donor()
    keep(donor_id)
    make_donor(name="Somebody Else", company_name="", nip="", address="")
    details = written(donor_id)
    assert (details.name, details.company_name, details.nip, details.address) == (
        CANARY_NAME,
        CANARY_COMPANY,
        CANARY_NIP,
        CANARY_ADDRESS,
    )
    assert details.email_masked == "K***@p***.org"


def test_two_gifts_on_their_way_keep_their_own_names() -> None:
    donor_id = make_donor()
    keep(donor_id)
    keep(donor_id, gift="order:OTHER", giver=Giver(name="Zofia and Jan"))
    assert written(donor_id).name == CANARY_NAME
    assert written(donor_id, gift="order:OTHER").name == "Zofia and Jan"


def test_a_gift_without_a_name_gets_a_receipt_without_one() -> None:
    donor_id = make_donor()
    keep(donor_id, giver=Giver())
    assert written(donor_id).name == ""


def test_a_second_post_of_the_same_gift_changes_nothing() -> None:
    donor_id = make_donor()
    keep(donor_id)
    keep(donor_id, giver=Giver(name="other words"))
    assert written(donor_id).name == CANARY_NAME


def test_once_the_receipt_holds_it_it_is_kept_nowhere_else() -> None:
    donor_id = make_donor()
    keep(donor_id)
    keep(donor_id, gift="order:OTHER")
    written(donor_id)
    assert GiftDetails.objects.get().gift == "order:OTHER"


def test_another_donors_gift_is_not_read() -> None:
    """Also when a key is wrong: the receipt falls back to its own donor, and the row stays where it is."""
    keep(make_donor())
    other = make_donor(email="jan@example.org", name="Jan")
    assert written(other).name == "Jan"
    assert GiftDetails.objects.exists()


def test_what_was_typed_for_a_gift_that_never_came_about_is_forgotten_after_a_month() -> None:
    keep(make_donor())
    assert operations.forget_stale_gift_details(now=NOW + timedelta(days=29)) == 0
    assert operations.forget_stale_gift_details(now=NOW + timedelta(days=30)) == 1


def test_of_a_gift_that_comes_again_each_receipt_names_who_set_it_up() -> None:
    donor_id = make_donor()
    keep(donor_id)
    operations.keep_while_it_comes(gift=GIFT)
    for _each in range(2):
        make_donor(name="Somebody Else", company_name="", nip="", address="")
        assert written(donor_id).name == CANARY_NAME
    assert operations.forget_stale_gift_details(now=NOW + timedelta(days=400)) == 0


def test_who_is_signed_in_changes_what_the_receipts_to_come_say() -> None:
    donor_id = make_donor()
    keep(donor_id)
    keep(donor_id, gift="order:OTHER")
    operations.keep_while_it_comes(gift=GIFT)
    said = {"name": "Zofia", "company_name": "", "nip": "", "address": ""}
    operations.change_contact(donor_id=donor_id, language="pl", now=NOW, **said)
    assert (written(donor_id).name, written(donor_id).company_name) == ("Zofia", "")
    assert written(donor_id, gift="order:OTHER").name == CANARY_NAME, "typed for one gift, it stays that gift's"


def test_it_is_exported_and_erased_with_its_donor() -> None:
    donor_id = make_donor()
    keep(donor_id)
    (shown,) = operations.export_donor(donor_id=donor_id)["donors"]["gifts_on_their_way"]
    assert shown["name"] == CANARY_NAME
    operations.erase_contact(donor_id=donor_id, now=NOW)
    assert not GiftDetails.objects.exists()
    assert written(donor_id).name == ""
    with pytest.raises(DonorErased):
        keep(donor_id)


def test_the_audit_finds_a_gift_that_an_erasure_left_behind() -> None:
    donor_id = make_donor()
    operations.erase_contact(donor_id=donor_id, now=NOW)
    assert not erased_donors_are_forgotten().findings
    GiftDetails.objects.create(donor_id=donor_id, gift=GIFT, name=b"left behind", typed_at=NOW)
    (finding,) = erased_donors_are_forgotten().findings
    assert "gift" in finding.message


def test_a_card_names_who_gave_this_gift_and_leads_to_the_shop(settings) -> None:
    settings.SITE_URL = "https://store.example.org"
    make_dedication(donor_id=make_donor(), giver_name="Zofia and Jan", send_on=NOW.date())
    make_donor(name="Somebody Else")
    operations.release_dedications(reference="donation:12", now=NOW)
    operations.send_due_mails(now=NOW)
    (card,) = mail.outbox
    for text in (card.body, card.alternatives[0].content):
        assert "Zofia and Jan" in text
        assert "Somebody Else" not in text
        assert "https://store.example.org" in text
