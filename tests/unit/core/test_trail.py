"""Who did what, when and why."""

import pytest
from django.db import DatabaseError, transaction

from core.models import TrailEntry, User
from core.trail import ReasonMissing, record, trail_of
from tests.factories.time import NOW


@pytest.mark.django_db
def test_an_act_stands_in_the_trail_with_its_reason() -> None:
    ada = User.objects.create(username="ada")
    record(actor=ada, act="approve", subject="allocation:12", reason="agreed at the meeting", now=NOW)
    assert [(entry.actor, entry.act, entry.reason) for entry in trail_of(subject="allocation:12")] == [
        (ada, "approve", "agreed at the meeting")
    ]


@pytest.mark.django_db
def test_an_act_without_a_reason_is_refused() -> None:
    with pytest.raises(ReasonMissing):
        record(actor=None, act="approve", subject="allocation:12", reason="  ", now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["UPDATE core_trailentry SET act = 'x'", "DELETE FROM core_trailentry", "TRUNCATE core_trailentry"]
)
def test_the_trail_cannot_be_changed(change: str) -> None:
    from django.db import connection

    record(actor=None, act="approve", subject="allocation:12", reason="agreed", now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert TrailEntry.objects.count() == 1
