"""Encryption: what is read is what was written, at its place, with its key, and nothing else."""

import base64
from importlib import import_module

import psycopg
import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from hypothesis import given
from hypothesis import strategies as st

from donors import wrapping
from donors.crypto import DecryptionRefused, Place, new_key, open_text, seal_bytes, seal_text
from donors.models import Donor, Mail, MailKind, StatutoryKey, StatutoryRecord
from donors.operations import (
    export_donor,
    queue_mail,
    read_statutory_record,
    rewrap_keys,
    sweep_sign_ins,
    write_statutory_record,
)
from donors.row_ids import next_id
from donors.sign_in import ask_for_link
from donors.vault import key_of, place_of, read_contact
from tests.factories.donors import CANARY_EMAIL, CANARY_NAME, make_donor
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


@pytest.mark.django_db
def test_rotation_reaches_everything_that_is_wrapped(settings) -> None:
    """One row of each model that says with which key it was wrapped: a new model without a line here fails."""
    old, new = key_text(), key_text()
    settings.DONOR_KEY_WRAPPING_KEYS = [old]
    donor_id = make_donor()
    write_statutory_record(donor_id=donor_id, now=NOW)
    queue_mail(
        kind=MailKind.STAFF_NOTICE, key="n", address="staff@example.org", context={"title": "", "text": ""}, now=NOW
    )
    ask_for_link(email=CANARY_EMAIL, next_path="", language="pl", browser="b", now=NOW)
    wrapped = [
        model
        for model in apps.get_app_config("donors").get_models()
        if "wrapped_with" in {field.name for field in model._meta.get_fields()}
    ]
    assert len(wrapped) == 4
    settings.DONOR_KEY_WRAPPING_KEYS = [new, old]
    done = rewrap_keys()
    assert (done.donors, done.years, done.mails, done.sign_ins) == (1, 1, 1, 1)
    assert {row.wrapped_with for model in wrapped for row in model._default_manager.all()} == {
        wrapping.current_key_id()
    }
    settings.DONOR_KEY_WRAPPING_KEYS = [new]
    assert export_donor(donor_id=donor_id)["donors"]["on_receipts"][0]["name"] == CANARY_NAME
    sweep_sign_ins(now=NOW)
    assert Mail.objects.filter(kind=MailKind.SIGN_IN).exists(), "the address was read with the new key alone"


def test_what_was_sealed_directly_can_be_wrapped_anew(settings) -> None:
    old, new = key_text(), key_text()
    settings.DONOR_KEY_WRAPPING_KEYS = [old]
    sealed = wrapping.wrap(key=b"a body", place=PLACE)
    settings.DONOR_KEY_WRAPPING_KEYS = [new, old]
    assert wrapping.key_id_of(sealed) != wrapping.current_key_id()
    again = wrapping.rewrap(wrapped=sealed, place=PLACE)
    settings.DONOR_KEY_WRAPPING_KEYS = [new]
    assert wrapping.key_id_of(again) == wrapping.current_key_id()
    assert wrapping.unwrap(wrapped=again, place=PLACE) == b"a body"


def test_a_donors_one_statutory_key_became_one_for_each_year(committed_db) -> None:
    """What the migration did to receipts that were written before."""
    migration = "0007_a_statutory_key_for_each_year"
    with psycopg.connect(committed_db.owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE donors_donor ADD COLUMN statutory_key bytea")
    donor_id, key = make_donor(), new_key()
    old_place = Place(model="donors.donor", field="statutory_key", row=donor_id)
    record_ids = []
    for year in (2025, 2026, 2026):
        record = StatutoryRecord(id=next_id(StatutoryRecord), donor_id=donor_id, written_at=NOW.replace(year=year))
        record.name = seal_text(key=key, text=CANARY_NAME, place=place_of(record, "name"))
        record.save(force_insert=True)
        record_ids.append(record.pk)
    state = MigrationLoader(connection).project_state(("donors", migration)).apps
    state.get_model("donors", "Donor").objects.update(statutory_key=wrapping.wrap(key=key, place=old_place))

    import_module(f"donors.migrations.{migration}").copy_keys(state, connection.schema_editor())
    assert [read_statutory_record(record_id=pk).name for pk in record_ids] == [CANARY_NAME] * 3
    assert list(StatutoryKey.objects.order_by("year").values_list("donor_id", "year")) == [
        (donor_id, 2025),
        (donor_id, 2026),
    ]
