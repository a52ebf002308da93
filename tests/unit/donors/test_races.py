"""What happens at once happens once; and, as the control, what happens when the database's promise is taken away."""

import threading
from collections.abc import Callable
from importlib import import_module

import psycopg
import pytest
from django.db import connection

from donors.models import Dedication, Donor, Mail
from tests.factories.donors import make_dedication, make_donor, queue_receipt

AT_ONCE = 20
remember_donor = import_module("donors.operations.remember_donor")  # the package has the function under this name


def all_at_once(act: Callable[[], object]) -> list[object]:
    """What each of twenty threads got, starting together; an error counts as an answer."""
    answers: list[object] = []
    start = threading.Barrier(AT_ONCE)

    def work() -> None:
        try:
            start.wait(timeout=60)
            answers.append(act())
        except Exception as error:  # noqa: BLE001 -- the test says what may come
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def without(committed_db) -> Callable[[str, str], None]:
    """Drops a constraint as the owner of the tables."""

    def drop(table: str, column: str) -> None:
        with psycopg.connect(committed_db.owner_url, autocommit=True) as owner:
            names = owner.execute(
                "SELECT conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid"
                " AND a.attnum = ANY (c.conkey) WHERE c.conrelid = %s::regclass AND c.contype = 'u' AND a.attname = %s",
                [table, column],
            ).fetchall()
            for (name,) in names:
                owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            assert names

    return drop


def test_twenty_checkouts_with_one_address_make_one_donor(committed_db) -> None:
    answers = all_at_once(make_donor)
    assert len(answers) == AT_ONCE
    assert len(set(answers)) == 1
    assert all(isinstance(answer, int) for answer in answers)


def test_without_the_unique_hash_they_make_several(committed_db, without, monkeypatch) -> None:
    without("donors_donor", "email_hash")
    together, looked, find = threading.Barrier(AT_ONCE), threading.local(), remember_donor._locked

    def find_together(digest: bytes) -> Donor | None:
        """Nobody goes on before everybody has looked for the first time."""
        found = find(digest)
        if not hasattr(looked, "once"):
            looked.once = together.wait(timeout=60)
        return found

    monkeypatch.setattr(remember_donor, "_locked", find_together)
    assert len(set(all_at_once(make_donor))) > 1


def test_twenty_posts_of_one_gift_make_one_dedication(committed_db) -> None:
    donor_id = make_donor()
    answers = all_at_once(lambda: make_dedication(donor_id=donor_id))
    assert set(answers) == {Dedication.objects.get().pk}


def test_without_the_unique_reference_they_make_several(committed_db, without) -> None:
    donor_id = make_donor()
    without("donors_dedication", "reference")
    all_at_once(lambda: make_dedication(donor_id=donor_id))
    assert Dedication.objects.count() > 1


def test_twenty_workers_queue_one_mail(committed_db) -> None:
    donor_id = make_donor()
    answers = all_at_once(lambda: queue_receipt(donor_id=donor_id).pk)
    assert set(answers) == {Mail.objects.get().pk}


def test_without_the_unique_key_they_queue_several(committed_db, without) -> None:
    donor_id = make_donor()
    without("donors_mail", "key")
    all_at_once(lambda: queue_receipt(donor_id=donor_id))
    assert Mail.objects.count() > 1
