"""After an older copy is restored, evidence that was erased since is erased again, by the command that forgets donors again."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from aid_packages.evidence import vault
from aid_packages.evidence.models import ContentKey, Event, EventKind, Item, WithheldReason
from aid_packages.evidence.operations import erase
from aid_packages.evidence.queries import standing_items
from aid_packages.models import SpendingDocument
from core.models import TrailEntry
from donors.operations import ErasureLogDamaged, apply_erasures, export_erasures
from tests.factories.aid_packages import make_staff
from tests.factories.evidence import shown_to_all, taken_in
from tests.factories.time import NOW


def forgotten(item: Item) -> None:
    why = WithheldReason.PRIVACY
    erase(item_id=item.pk, why=why, actor=make_staff("bartek"), reason="she asked for it", now=NOW)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "erasures.log"


def test_a_restored_copy_forgets_it_again(document: SpendingDocument, log: Path, capsys: pytest.CaptureFixture) -> None:
    """A database transaction that is rolled back stands in for the older copy."""
    item, kept = shown_to_all(document.pk), taken_in(document.pk)
    with transaction.atomic():
        forgotten(item)
        export_erasures(path=log)
        transaction.set_rollback(True)
    assert vault.load(item.pk), "the copy remembers"
    call_command("erasure_log", "apply", str(log))
    assert "1 erased again" in capsys.readouterr().out
    with pytest.raises(vault.Unreadable):
        vault.load(item.pk)
    standing = standing_items().get(pk=item.pk)
    assert (standing.standing, standing.why) == (EventKind.ERASED, WithheldReason.PRIVACY)
    event = Event.objects.filter(item=item).latest("pk")
    assert (event.at, event.actor) == (NOW, None)
    assert TrailEntry.objects.filter(subject=str(item), act="evidence.erased", actor=None).count() == 1
    assert vault.load(kept.pk)
    call_command("erasure_log", "apply", str(log))
    assert "0 erased again, 1 were erased" in capsys.readouterr().out


def test_each_is_written_once_and_says_nothing_of_what_it_showed(document: SpendingDocument, log: Path) -> None:
    item = taken_in(document.pk, title="Sleeping bags in the store")
    forgotten(item)
    assert (export_erasures(path=log), export_erasures(path=log)) == (1, 0)
    assert json.loads(log.read_text()) == {"evidence": item.token, "why": "privacy", "at": NOW.isoformat()}


def test_a_hint_goes_out_with_the_erasure(
    document: SpendingDocument, log: Path, settings, run_hints, django_capture_on_commit_callbacks
) -> None:
    settings.ERASURE_LOG_FILE = str(log)
    item = taken_in(document.pk)
    with django_capture_on_commit_callbacks(execute=True):
        forgotten(item)
    run_hints()
    assert item.token in log.read_text()


@pytest.mark.parametrize(
    "line",
    [
        {"evidence": 5, "why": "privacy", "at": NOW.isoformat()},
        {"evidence": "a", "why": "boredom", "at": NOW.isoformat()},
        {"evidence": "a", "why": "privacy", "at": "2026-11-21T10:00:00"},
        {"evidence": "a", "why": "privacy"},
    ],
)
def test_a_damaged_line_stops_it_before_anything_is_done(
    document: SpendingDocument, log: Path, line: dict[str, object]
) -> None:
    item = taken_in(document.pk)
    good = {"evidence": item.token, "why": "privacy", "at": NOW.isoformat()}
    log.write_text(json.dumps(good) + "\n" + json.dumps(line) + "\n")
    with pytest.raises(ErasureLogDamaged, match="line 2"):
        apply_erasures(path=log)
    assert ContentKey.objects.filter(item=item).exists()


def test_evidence_that_the_copy_does_not_know_is_counted_as_that(document: SpendingDocument, log: Path) -> None:
    log.write_text(json.dumps({"evidence": "unknown", "why": "safety", "at": NOW.isoformat()}) + "\n")
    assert apply_erasures(path=log).unknown == 1


def test_nothing_else_happens_without_an_actor(document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    with pytest.raises(IntegrityError, match="event_has_an_actor"), transaction.atomic():
        Event.objects.create(item=item, kind=EventKind.WITHHELD, reason="safety", actor=None, at=timezone.now())
