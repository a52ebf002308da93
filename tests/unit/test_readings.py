"""After a test that is rolled back, every check runs that could find something new."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from ledger import audit
from ledger.audit import Checked, Finding
from ledger.promises import entries_are_whole, ledger_sums_to_zero
from tests.factories.ledger import give, make_books
from tests.support.database import CommittedDatabase
from tests.support.readings import Readings


@pytest.fixture
def made_up(committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch) -> Readings:
    """Three checks instead of the shop's. The connection is new: no earlier test is counted on it."""
    monkeypatch.setattr(audit, "_promises", {})
    audit.register(1, "no stray group", _stray_groups)
    audit.register(2, "a trigger is there", _trigger)
    audit.register(3, "nothing is asked", list)
    return Readings.learn()


def _stray_groups() -> Checked:
    strays = Group.objects.filter(name="stray")
    return Checked(1, [Finding(f"{each.permissions.count()} rights") for each in strays])


def _trigger() -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger")
        return [] if cursor.fetchone()[0] else [Finding("no trigger")]


def asked(readings: Readings) -> list[int]:
    return [each.number for each in readings.worth_asking()]


def test_only_what_could_have_changed_is_asked(made_up: Readings) -> None:
    with transaction.atomic():
        assert asked(made_up) == [2, 3]
        Group.objects.create(name="stray")
        assert asked(made_up) == [1, 2, 3]
        with pytest.raises(AssertionError, match="promise 1: 0 rights"):
            made_up.check()


@pytest.mark.parametrize("how", ["change", "delete", "undone"])
def test_every_way_of_writing_counts(made_up: Readings, how: str) -> None:
    group = Group.objects.filter(name="approvers")
    with transaction.atomic():
        if how == "change":
            group.update(name="stray")
        elif how == "delete":
            group.delete()
        else:
            place = transaction.savepoint()
            group.update(name="stray")
            transaction.savepoint_rollback(place)
        assert asked(made_up) == [1, 2, 3]


def test_outside_a_transaction_everything_is_asked(made_up: Readings) -> None:
    assert asked(made_up) == [1, 2, 3]


def test_a_check_that_finds_something_in_the_template_is_always_asked(made_up: Readings) -> None:
    audit.register(1, "no stray group", lambda: [Finding(each.name) for each in Group.objects.all()])
    with transaction.atomic():
        assert asked(Readings.learn()) == [1, 2, 3]


def test_a_gift_has_the_ledgers_checks_run(committed_db: CommittedDatabase, readings: Readings) -> None:
    with transaction.atomic():
        before = set(readings.worth_asking())
        make_books()
        give(reference="gift:1", amount_minor=10_000)
        after = set(readings.worth_asking())
    assert {entries_are_whole, ledger_sums_to_zero} <= {each.check for each in after - before}
    assert before < after < set(audit.registered())


def test_what_is_not_asked_would_have_said_what_the_template_says(
    committed_db: CommittedDatabase, readings: Readings
) -> None:
    with transaction.atomic():
        of_the_template = {each: _said(each) for each in audit.registered()}
    with transaction.atomic():
        make_books()
        give(reference="gift:1", amount_minor=10_000)
        left_out = set(audit.registered()) - set(readings.worth_asking())
        assert left_out
        assert {each: _said(each) for each in left_out} == {each: of_the_template[each] for each in left_out}


def _said(promise: audit.Promise) -> object:
    outcome = promise.check()
    return outcome if isinstance(outcome, Checked) else list(outcome)
