"""A story's numbers are its own: they don't depend on which tests ran before it."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.support.database import CommittedDatabase


@pytest.fixture
def numbers_taken(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """What a rolled back test leaves behind: a sequence that has moved on."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, 47)",
                [get_user_model()._meta.db_table],
            )
        connection.close()


def test_ids_count_from_the_last_row_that_is_there(numbers_taken: None, committed_db: CommittedDatabase) -> None:
    users = get_user_model().objects
    there = max(users.values_list("pk", flat=True), default=0)
    assert users.create_user(username="nora").pk == there + 1
