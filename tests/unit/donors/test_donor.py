"""Remembering, finding again, showing to staff, forgetting."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction

from core.models import TrailEntry, User
from core.trail import ReasonMissing
from donors import operations, queries, registry, staff_view
from donors.addresses import EmailProblem, EmailRefused, mask_email
from donors.models import Dedication, DedicationState, Donor, Mail, MailState, StatutoryRecord
from donors.promises import erased_donors_are_forgotten
from donors.vault import DonorErased, read_contact
from tests.factories.donors import (
    CANARIES,
    CANARY_COMPANY,
    CANARY_EMAIL,
    CANARY_NAME,
    CANARY_NIP,
    make_dedication,
    make_donor,
    queue_receipt,
)
from tests.factories.time import NOW

pytestmark = pytest.mark.django_db


def staff(*, may_reveal: bool) -> User:
    user = User.objects.create_user(username="ada", is_staff=True)
    if may_reveal:
        user.user_permissions.add(Permission.objects.get(codename="reveal_contact"))
    return user


def test_one_address_is_one_donor_whom_nobody_changes_by_typing_it() -> None:
    first = make_donor()
    second = make_donor(email=f"  {CANARY_EMAIL.upper()} ", name="Zofia Nowa", company_name="", language="en")
    assert first == second
    donor = Donor.objects.get(pk=first)
    assert (read_contact(donor).name, read_contact(donor).company_name) == (CANARY_NAME, CANARY_COMPANY)
    assert donor.language == "pl"


def test_a_donor_is_found_by_the_exact_address_only() -> None:
    donor_id = make_donor()
    assert queries.find_donor(email=CANARY_EMAIL.lower()) == donor_id
    assert queries.find_donor(email="kanarek@poczta.example.org") is None
    assert queries.find_donor(email="no address") is None


def test_the_hash_depends_on_a_key(settings) -> None:
    make_donor()
    settings.DONOR_HASH_KEY = "another key"
    assert queries.find_donor(email=CANARY_EMAIL) is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", EmailProblem.EMPTY),
        ("   ", EmailProblem.EMPTY),
        ("nobody", EmailProblem.MALFORMED),
        ("a@b.pl\nBcc: c@d.pl", EmailProblem.MALFORMED),
        ("a@b.pl\r", EmailProblem.MALFORMED),
        ("a\u202e@b.pl", EmailProblem.MALFORMED),
        ("a b@c.pl", EmailProblem.MALFORMED),
        ("\x00a@b.pl", EmailProblem.MALFORMED),
        ("a" * 250 + "@b.pl", EmailProblem.TOO_LONG),
    ],
)
def test_an_unusable_address_is_refused_with_its_reason_and_not_quoted(address: str, reason: EmailProblem) -> None:
    with pytest.raises(EmailRefused) as refusal:
        make_donor(email=address)
    assert refusal.value.reason is reason
    assert not address.strip() or address.strip() not in str(refusal.value)
    assert not Donor.objects.exists()


def test_no_column_of_any_table_of_ours_holds_a_word_of_a_donor() -> None:
    donor_id = make_donor()
    make_dedication(donor_id=donor_id)
    operations.write_statutory_record(donor_id=donor_id, now=NOW)
    operations.save_draft(token=None, data={"email": CANARY_EMAIL, "name": CANARY_NAME}, now=NOW)
    operations.release_dedications(reference="donation:12", now=NOW)
    queue_receipt(donor_id=donor_id)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            for row in cursor.fetchall():
                readable = _with_bytes_decoded(row[0])
                assert not [word for word in CANARIES if word.lower() in readable.lower()], table


def _with_bytes_decoded(text: str) -> str:
    """A row as text, and what its bytea columns would say if they were plain text."""
    words = [text]
    for part in text.replace('"', "").replace("\\\\", "\\").split("\\x")[1:]:
        digits = part.split(",")[0].split(")")[0]
        words.append(bytes.fromhex(digits).decode("utf-8", "replace"))
    return "\n".join(words)


def test_a_plain_text_in_a_column_would_be_noticed() -> None:
    """The negative control of the test above."""
    assert CANARY_NAME in _with_bytes_decoded(f'(1,"\\\\x{CANARY_NAME.encode().hex()}",2)')


def test_a_donor_in_two_states_at_once_is_refused_by_the_database() -> None:
    donor_id = make_donor()
    with pytest.raises(IntegrityError, match="donor_readable_or_erased"), transaction.atomic():
        Donor.objects.filter(pk=donor_id).update(erased_at=NOW)


def test_a_label_shows_a_number_and_nobody() -> None:
    donor_id = make_donor()
    assert str(donor_id) in queries.donor_label(donor_id=donor_id)
    assert str(Donor.objects.get(pk=donor_id)) == f"donor {donor_id}"


def test_staff_with_the_right_and_a_reason_see_who_it_is_and_leave_a_trace() -> None:
    donor_id = make_donor()
    actor = staff(may_reveal=True)
    shown = staff_view.reveal_contact(donor_id=donor_id, actor=actor, reason="asked for a corrected receipt", now=NOW)
    assert shown.name == CANARY_NAME
    trace = TrailEntry.objects.get(subject=f"donor:{donor_id}")
    assert (trace.actor, trace.reason) == (actor, "asked for a corrected receipt")
    assert not [word for word in CANARIES if word in str(trace.facts)]


def test_nobody_sees_a_donor_without_the_right() -> None:
    with pytest.raises(staff_view.NotAllowed):
        staff_view.reveal_contact(donor_id=make_donor(), actor=staff(may_reveal=False), reason="curious", now=NOW)
    assert not TrailEntry.objects.exists()


def test_nobody_sees_a_donor_without_a_reason() -> None:
    with pytest.raises(ReasonMissing):
        staff_view.reveal_contact(donor_id=make_donor(), actor=staff(may_reveal=True), reason="  ", now=NOW)


def test_the_statutory_record_stays_as_it_was_when_the_contact_changes() -> None:
    donor_id = make_donor()
    record_id = operations.write_statutory_record(donor_id=donor_id, now=NOW)
    make_donor(name="Somebody Else", nip="")
    details = operations.read_statutory_record(record_id=record_id)
    assert (details.name, details.nip, details.email_masked) == (CANARY_NAME, CANARY_NIP, "K***@p***.org")


def test_the_database_refuses_a_change_of_a_statutory_record() -> None:
    operations.write_statutory_record(donor_id=make_donor(), now=NOW)
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        StatutoryRecord.objects.update(name=None)


def test_erasing_destroys_contact_and_seal_and_keeps_what_the_law_wants() -> None:
    donor_id = make_donor()
    record_id = operations.write_statutory_record(donor_id=donor_id, now=NOW)
    make_dedication(donor_id=donor_id)
    operations.release_dedications(reference="donation:12", now=NOW)
    queue_receipt(donor_id=donor_id)
    operations.erase_contact(donor_id=donor_id, now=NOW)
    operations.erase_contact(donor_id=donor_id, now=NOW)

    donor = Donor.objects.get(pk=donor_id)
    assert (donor.contact_key, donor.seal_key, donor.email_hash, donor.email) == (None, None, None, None)
    with pytest.raises(DonorErased):
        read_contact(donor)
    assert queries.find_donor(email=CANARY_EMAIL) is None
    assert Dedication.objects.get().state == DedicationState.CANCELLED
    assert set(Mail.objects.values_list("state", "address", "context")) == {(MailState.CANCELLED, None, None)}
    assert operations.read_statutory_record(record_id=record_id).name == CANARY_NAME


def test_the_audit_finds_what_an_erasure_left_behind() -> None:
    donor_id = make_donor()
    dedication_id = make_dedication(donor_id=donor_id)
    operations.erase_contact(donor_id=donor_id, now=NOW)
    checked = erased_donors_are_forgotten()
    assert (checked.count, checked.findings) == (1, [])
    Dedication.objects.filter(pk=dedication_id).update(state=DedicationState.WAITING, message=b"left behind")
    (finding,) = erased_donors_are_forgotten().findings
    assert str(dedication_id) in finding.message


def test_who_was_erased_and_gives_again_is_a_new_donor() -> None:
    erased = make_donor()
    operations.erase_contact(donor_id=erased, now=NOW)
    assert make_donor() != erased


def test_a_receipt_for_a_donor_erased_meanwhile_has_a_record_without_a_name() -> None:
    donor_id = make_donor()
    operations.erase_contact(donor_id=donor_id, now=NOW)
    record_id = operations.write_statutory_record(donor_id=donor_id, now=NOW)
    assert operations.read_statutory_record(record_id=record_id).name == ""


def test_an_erased_donor_gets_no_mail(hints) -> None:
    donor_id = make_donor()
    operations.erase_contact(donor_id=donor_id, now=NOW)
    operations.queue_mail(
        donor_id=donor_id, kind="refund", key="refund:1", context={"refund_minor": 1, "sum_minor": 1}, now=NOW
    )
    assert not Mail.objects.exists()


def _erase_into(erased: list[int]) -> registry.Erase:
    def erase(donor_id: int, *, now: datetime) -> None:
        erased.append(donor_id)

    return erase


def test_every_registered_holder_is_asked_to_export_and_to_erase(monkeypatch) -> None:
    donor_id = make_donor()
    erased: list[int] = []
    monkeypatch.setattr(registry, "_holders", dict(registry._holders))
    registry.register("gifts", lambda donor: {"gifts": [donor]}, _erase_into(erased))
    exported = operations.export_donor(donor_id=donor_id)
    assert exported["gifts"] == {"gifts": [donor_id]}
    assert exported["donors"]["contact"]["name"] == CANARY_NAME
    operations.erase_contact(donor_id=donor_id, now=NOW)
    assert erased == [donor_id]
    assert operations.export_donor(donor_id=donor_id)["donors"]["contact"] is None


def test_two_holders_under_one_name_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(registry, "_holders", dict(registry._holders))
    with pytest.raises(registry.HolderTaken):
        registry.register("donors", lambda donor: {}, lambda donor, *, now: None)


@pytest.mark.parametrize(("address", "masked"), [("ala@kot.example.pl", "a***@k***.pl"), ("", "")])
def test_a_masked_address_names_nobody(address: str, masked: str) -> None:
    assert mask_email(address) == masked
