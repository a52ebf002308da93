"""A donor leaves: what goes now, what the law keeps and until when, and that a restored copy forgets again."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import connections, transaction

from donors import operations, registry, sessions
from donors.models import (
    Donor,
    DonorSession,
    Erasure,
    Mail,
    MailChoice,
    SignInRequest,
    StatutoryKey,
)
from donors.operations import ErasureHindered, Going, StatutoryRecordErased
from donors.operations.erasure_log import ErasureLogDamaged
from donors.promises import erased_donors_are_forgotten
from donors.vault import DonorErased, read_contact
from tests.factories.donors import (
    CANARIES,
    CANARY_EMAIL,
    CANARY_NAME,
    ask_and_read,
    make_dedication,
    make_donor,
    queue_receipt,
)
from tests.factories.time import NOW
from tests.support.database import at_database, drop_database

NEW_YEARS_DAY = datetime(2031, 12, 31, 23, 0, tzinfo=UTC)  # midnight in Warsaw, as 2032 begins


def record(donor_id: int, *, year: int = 2026) -> int:
    return operations.write_statutory_record(donor_id=donor_id, now=NOW.replace(year=year))


def everything_of(donor_id: int) -> None:
    """One of each thing that an erasure takes."""
    make_dedication(donor_id=donor_id)
    ask_and_read()
    sessions.start_session(donor_id=donor_id, now=NOW)
    operations.choose_mails(donor_id=donor_id, topic="reports", wanted=False, now=NOW)
    operations.keep_gift_details(donor_id=donor_id, gift="g", giver=operations.Giver(name=CANARY_NAME), now=NOW)
    queue_receipt(donor_id=donor_id)


@pytest.mark.django_db
class TestThePlan:
    def test_it_says_what_goes_and_what_the_law_keeps_until_when_and_changes_nothing(self) -> None:
        donor_id = make_donor()
        everything_of(donor_id)
        for year in (2025, 2026, 2026):
            record(donor_id, year=year)
        plan = operations.plan_erasure(donor_id=donor_id, now=NOW)
        assert set(plan.goes) == set(Going)
        assert [(kept.year, kept.records, kept.until) for kept in plan.kept] == [
            (2025, 1, date(2031, 1, 1)),
            (2026, 2, date(2032, 1, 1)),
        ]
        assert plan.kept_until == date(2032, 1, 1)
        assert read_contact(Donor.objects.get(pk=donor_id)).name == CANARY_NAME

    def test_who_has_no_receipt_leaves_nothing(self) -> None:
        plan = operations.plan_erasure(donor_id=make_donor(), now=NOW)
        assert (plan.goes, plan.kept, plan.kept_until) == ((Going.CONTACT, Going.PROOFS), (), None)

    def test_what_hinders_is_said_and_refuses_the_erasure(self, monkeypatch) -> None:
        donor_id = make_donor()
        monkeypatch.setattr(registry, "_holders", dict(registry._holders))
        registry.register("gifts", lambda donor: {}, lambda donor, *, now: None, lambda donor: ["a gift runs"])
        assert operations.plan_erasure(donor_id=donor_id, now=NOW).hindered_by == ("a gift runs",)
        with pytest.raises(ErasureHindered):
            operations.erase_everything(donor_id=donor_id, now=NOW)
        assert Donor.objects.get(pk=donor_id).erased_at is None
        assert not Erasure.objects.exists()


@pytest.mark.django_db
class TestErasing:
    def test_all_that_may_go_goes_and_the_last_mail_says_what_stays(self) -> None:
        donor_id = make_donor()
        everything_of(donor_id)
        record_id = record(donor_id)
        django_mail.outbox.clear()
        plan = operations.erase_everything(donor_id=donor_id, now=NOW)
        assert set(plan.goes) == set(Going)
        with pytest.raises(DonorErased):
            read_contact(Donor.objects.get(pk=donor_id))
        for model in (DonorSession, SignInRequest, MailChoice):
            assert not model.objects.exists()
        assert operations.read_statutory_record(record_id=record_id).name == CANARY_NAME
        operations.send_due_mails(now=NOW)
        (sent,) = django_mail.outbox
        assert sent.to == [CANARY_EMAIL]
        assert "1 stycznia 2032" in sent.body
        assert not Mail.objects.filter(context__isnull=False).exists()
        assert erased_donors_are_forgotten().findings == []

    def test_twice_is_once(self) -> None:
        donor_id = make_donor()
        record(donor_id)
        plan = operations.erase_everything(donor_id=donor_id, now=NOW)
        again = operations.erase_everything(donor_id=donor_id, now=NOW + timedelta(days=1))
        assert (again.goes, again.kept) == ((), plan.kept)
        assert Erasure.objects.get().at == NOW
        assert Mail.objects.count() == 1

    def test_an_anonymous_donor_without_an_address_goes_without_a_mail(self) -> None:
        donor_id = operations.remember_anonymous(name=CANARY_NAME, language="pl", now=NOW)
        operations.erase_everything(donor_id=donor_id, now=NOW)
        assert not Mail.objects.exists()
        assert Donor.objects.get(pk=donor_id).name is None

    def test_the_log_holds_numbers_and_the_database_refuses_to_change_it(self) -> None:
        donor_id = make_donor()
        operations.erase_everything(donor_id=donor_id, now=NOW)
        row = Erasure.objects.get()
        assert (row.donor_number, row.at) == (donor_id, NOW)
        with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
            Erasure.objects.all().delete()


@pytest.mark.django_db
class TestWhatIsDue:
    def test_each_years_receipts_go_by_themselves_on_their_day(self) -> None:
        donor_id = make_donor()
        older, newer = record(donor_id, year=2025), record(donor_id, year=2026)
        operations.erase_everything(donor_id=donor_id, now=NOW)
        assert operations.erase_what_is_due(now=NOW) == 0
        assert operations.erase_what_is_due(now=NEW_YEARS_DAY - timedelta(seconds=1)) == 1
        with pytest.raises(StatutoryRecordErased):
            operations.read_statutory_record(record_id=older)
        assert operations.read_statutory_record(record_id=newer).name == CANARY_NAME

        assert operations.erase_what_is_due(now=NEW_YEARS_DAY) == 1
        with pytest.raises(StatutoryRecordErased):
            operations.read_statutory_record(record_id=newer)
        assert operations.erase_what_is_due(now=NEW_YEARS_DAY) == 0
        assert operations.plan_erasure(donor_id=donor_id, now=NEW_YEARS_DAY).kept == ()
        assert set(StatutoryKey.objects.values_list("key", "destroyed_at")) == {
            (None, NEW_YEARS_DAY - timedelta(seconds=1)),
            (None, NEW_YEARS_DAY),
        }

    def test_who_was_not_erased_keeps_the_receipts(self) -> None:
        record_id = record(make_donor())
        assert operations.erase_what_is_due(now=NEW_YEARS_DAY) == 0
        assert operations.read_statutory_record(record_id=record_id).name == CANARY_NAME

    def test_after_it_the_export_has_the_days_and_no_names(self) -> None:
        donor_id = make_donor()
        record(donor_id)
        operations.erase_everything(donor_id=donor_id, now=NOW)
        kept = operations.export_donor(donor_id=donor_id)["donors"]["on_receipts"]
        assert (kept[0]["name"], kept[0]["the_law_keeps_it_until"]) == (CANARY_NAME, "2032-01-01")
        operations.erase_what_is_due(now=NEW_YEARS_DAY)
        (gone,) = operations.export_donor(donor_id=donor_id)["donors"]["on_receipts"]
        assert "name" not in gone

    def test_the_audit_finds_what_is_overdue(self) -> None:
        donor_id = make_donor()
        record(donor_id, year=2015)
        operations.erase_everything(donor_id=donor_id, now=NOW)
        (finding,) = erased_donors_are_forgotten().findings
        assert "2015" in finding.message
        operations.erase_what_is_due(now=NOW)
        assert erased_donors_are_forgotten().findings == []


@pytest.mark.django_db
class TestTheLog:
    def test_each_erasure_is_written_outside_once_with_nothing_of_who_it_was(
        self, tmp_path: Path, settings, run_hints, django_capture_on_commit_callbacks
    ) -> None:
        settings.ERASURE_LOG_FILE = str(tmp_path / "erasures.log")
        donor_id = make_donor()
        with django_capture_on_commit_callbacks(execute=True):
            operations.erase_everything(donor_id=donor_id, now=NOW)
        run_hints()
        text = (tmp_path / "erasures.log").read_text()
        assert json.loads(text) == {"erasure": str(Erasure.objects.get().pk), "donor": donor_id, "at": NOW.isoformat()}
        assert (tmp_path / "erasures.log").stat().st_mode & 0o077 == 0
        assert not [word for word in CANARIES if word.lower() in text.lower()]
        call_command("erasure_log", "export", str(tmp_path / "erasures.log"))
        assert (tmp_path / "erasures.log").read_text() == text

    def test_a_damaged_file_is_refused_before_anything_is_done(self, tmp_path: Path) -> None:
        donor_id = make_donor()
        file = tmp_path / "log"
        good = {"erasure": "8b0a3c1e-7a43-4c0f-9d5c-2f4b8f0c9e11", "donor": donor_id, "at": NOW.isoformat()}
        file.write_text(json.dumps(good) + "\n{half a li")
        with pytest.raises(ErasureLogDamaged, match="line 2"):
            operations.apply_erasures(path=file)
        assert Donor.objects.get(pk=donor_id).erased_at is None

    def test_numbers_given_to_somebody_else_since_and_unknown_ones_are_left_alone(self, tmp_path: Path) -> None:
        newcomer = make_donor()
        file = tmp_path / "log"
        before = (NOW - timedelta(days=1)).isoformat()
        lines = [
            {"erasure": "8b0a3c1e-7a43-4c0f-9d5c-2f4b8f0c9e11", "donor": newcomer, "at": before},
            {"erasure": "8b0a3c1e-7a43-4c0f-9d5c-2f4b8f0c9e12", "donor": 2**40, "at": before},
        ]
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        done = operations.apply_erasures(path=file)
        assert (done.erased, done.already, done.unknown, done.newer) == (0, 0, 1, 1)
        assert read_contact(Donor.objects.get(pk=newcomer)).name == CANARY_NAME

    def test_the_audit_finds_a_donor_whom_the_log_calls_erased_and_one_it_forgot(self) -> None:
        donor_id = make_donor()
        Erasure.objects.create(donor_number=donor_id, at=NOW)
        (undone,) = erased_donors_are_forgotten().findings
        assert "readable" in undone.message
        operations.erase_contact(donor_id=donor_id, now=NOW)
        assert erased_donors_are_forgotten().findings == []
        Donor.objects.filter(pk=donor_id).update(erased_at=NOW + timedelta(days=1))
        (unlogged,) = erased_donors_are_forgotten().findings
        assert "no log" in unlogged.message


def test_after_an_older_copy_is_restored_the_log_erases_again(committed_db, tmp_path: Path, capsys) -> None:
    """A copy from before stands in for a backup; it is put in place of the database, and the log applied to it."""
    donor_id = make_donor()
    everything_of(donor_id)
    record_id = record(donor_id)
    connections.close_all()
    backup = f"{committed_db.name}_backup"
    _copy(committed_db.name, to=backup)

    operations.erase_everything(donor_id=donor_id, now=NOW)
    operations.export_erasures(path=tmp_path / "log")
    erasure_id = Erasure.objects.get().pk
    connections.close_all()
    _copy(backup, to=committed_db.name)
    drop_database(backup)

    assert read_contact(Donor.objects.get(pk=donor_id)).name == CANARY_NAME, "the copy remembers"
    call_command("erasure_log", "apply", str(tmp_path / "log"))
    assert "1 erased again" in capsys.readouterr().out
    donor = Donor.objects.get(pk=donor_id)
    assert (donor.erased_at, donor.contact_key, donor.email_hash) == (NOW, None, None)
    assert erased_donors_are_forgotten().findings == []
    exported = operations.export_donor(donor_id=donor_id)["donors"]
    assert (exported["contact"], exported["dedications"], exported["gifts_on_their_way"]) == (None, [], [])
    assert operations.read_statutory_record(record_id=record_id).name == CANARY_NAME, "the law still keeps it"
    assert Erasure.objects.get().pk == erasure_id
    call_command("erasure_log", "apply", str(tmp_path / "log"))
    assert "0 erased again, 1 were erased" in capsys.readouterr().out
    operations.erase_what_is_due(now=NEW_YEARS_DAY)
    with pytest.raises(StatutoryRecordErased):
        operations.read_statutory_record(record_id=record_id)


def _copy(name: str, *, to: str) -> None:
    drop_database(to)
    with psycopg.connect(at_database(os.environ["TEST_SUPERUSER_URL"], "postgres"), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{to}" TEMPLATE "{name}" OWNER swb_owner')
