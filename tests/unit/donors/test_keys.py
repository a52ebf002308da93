"""Encryption: what is read is what was written, at its place, with its key, and nothing else."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from donors import wrapping
from donors.crypto import DecryptionRefused, Place, new_key, open_text, seal_bytes, seal_text
from donors.models import Donor, Mail, MailKind, StatutoryKey
from donors.operations import queue_mail, rewrap_keys, write_statutory_record
from donors.vault import key_of, place_of, read_contact
from tests.factories.donors import CANARY_NAME, make_donor
from tests.factories.time import NOW

PLACE = Place(model="donors.donor", field="name", row=7)


def key_text() -> str:
    return base64.urlsafe_b64encode(new_key()).decode()


@given(st.text())
def test_a_text_comes_back_as_it_was(text: str) -> None:
    key = new_key()
    assert open_text(key=key, sealed=seal_text(key=key, text=text, place=PLACE), place=PLACE) == text


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place(model="donors.donor", field="name", row=8),
        Place(model="donors.donor", field="address", row=7),
        Place(model="donors.mail", field="name", row=7),
    ],
    ids=["another row", "another field", "another model"],
)
def test_a_ciphertext_is_refused_anywhere_but_at_its_place(elsewhere: Place) -> None:
    key = new_key()
    sealed = seal_text(key=key, text=CANARY_NAME, place=PLACE)
    with pytest.raises(DecryptionRefused) as refusal:
        open_text(key=key, sealed=sealed, place=elsewhere)
    assert CANARY_NAME not in str(refusal.value)


@pytest.mark.parametrize("position", [0, 1, 20, -1], ids=["version", "nonce", "ciphertext", "tag"])
def test_a_changed_byte_is_refused(position: int) -> None:
    key = new_key()
    sealed = bytearray(seal_bytes(key=key, content=CANARY_NAME.encode(), place=PLACE))
    sealed[position] ^= 1
    with pytest.raises(DecryptionRefused):
        open_text(key=key, sealed=bytes(sealed), place=PLACE)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + b"short"])
def test_a_truncated_ciphertext_is_refused(sealed: bytes) -> None:
    with pytest.raises(DecryptionRefused):
        open_text(key=new_key(), sealed=sealed, place=PLACE)


def test_the_same_text_is_never_encrypted_alike() -> None:
    key = new_key()
    assert seal_text(key=key, text="x", place=PLACE) != seal_text(key=key, text="x", place=PLACE)


@pytest.mark.django_db
def test_a_ciphertext_copied_to_another_donor_is_refused() -> None:
    mine = Donor.objects.get(pk=make_donor())
    foreign = Donor.objects.get(pk=make_donor(email="other@example.org", name="Other"))
    Donor.objects.filter(pk=foreign.pk).update(name=mine.name, contact_key=mine.contact_key)
    with pytest.raises(DecryptionRefused):
        read_contact(Donor.objects.get(pk=foreign.pk))


@pytest.mark.django_db
def test_each_donor_has_keys_of_their_own_and_one_for_each_year_of_receipts() -> None:
    donor_ids = [make_donor(email=email) for email in ("a@example.org", "b@example.org")]
    for donor_id in donor_ids:
        for year in (2025, 2026, 2026):
            write_statutory_record(donor_id=donor_id, now=NOW.replace(year=year))
    keys = {key_of(Donor.objects.get(pk=pk), name) for pk in donor_ids for name in ("contact_key", "seal_key")}
    keys |= {wrapping.unwrap(wrapped=row.key, place=place_of(row, "key")) for row in StatutoryKey.objects.all()}
    assert len(keys) == 2 * (2 + 2)


@pytest.mark.django_db
def test_after_rotation_the_old_wrapping_key_is_no_longer_needed(settings, capsys) -> None:
    old, new = key_text(), key_text()
    settings.DONOR_KEY_WRAPPING_KEYS = [old]
    donor_id = make_donor()
    queue_mail(
        kind=MailKind.STAFF_NOTICE, key="n", address="staff@example.org", context={"title": "", "text": ""}, now=NOW
    )
    ciphertext = bytes(Donor.objects.get(pk=donor_id).name)

    settings.DONOR_KEY_WRAPPING_KEYS = [new, old]
    assert read_contact(Donor.objects.get(pk=donor_id)).name == CANARY_NAME
    call_command("rotate_wrapping_key")
    assert "1 donors, 0 years of receipts, 1 mails, 0 sign-ins" in capsys.readouterr().out

    settings.DONOR_KEY_WRAPPING_KEYS = [new]
    donor = Donor.objects.get(pk=donor_id)
    assert read_contact(donor).name == CANARY_NAME
    assert bytes(donor.name) == ciphertext, "rotation touches no ciphertext"
    assert wrapping.unwrap(
        wrapped=Mail.objects.get().own_key, place=Place("donors.mail", "own_key", Mail.objects.get().pk)
    )
    assert rewrap_keys().donors == 0


@pytest.mark.django_db
def test_a_wrapping_key_taken_away_too_early_is_named_by_its_id(settings) -> None:
    donor_id = make_donor()
    settings.DONOR_KEY_WRAPPING_KEYS = [key_text()]
    with pytest.raises(wrapping.WrappingKeyMissing) as missing:
        read_contact(Donor.objects.get(pk=donor_id))
    assert missing.value.key_id in str(missing.value)


@pytest.mark.parametrize("faulty", [[], [""], ["short"], ["not base64 at all, but long enough to be one!"]])
def test_malformed_wrapping_keys_are_refused_without_being_quoted(settings, faulty: list[str]) -> None:
    settings.DONOR_KEY_WRAPPING_KEYS = faulty
    with pytest.raises(ImproperlyConfigured) as refusal:
        wrapping.current_key_id()
    assert not any(text and text in str(refusal.value) for text in faulty)
