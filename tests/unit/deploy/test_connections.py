"""What each new connection is told, and what it isn't."""

import psycopg
import pytest
from django.db import connection

from tests.support.database import CommittedDatabase


@pytest.mark.django_db
def test_nothing_is_compiled_for_a_page() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def test_a_pooler_is_given_no_options_to_refuse(committed_db: CommittedDatabase) -> None:
    """Neither our address nor our settings carry any, and the server alone would compile."""
    assert "options" not in connection.settings_dict["OPTIONS"]
    with psycopg.connect(committed_db.url) as bare:
        row = bare.execute("SHOW jit").fetchone()
    assert row == ("on",)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",), "a connection that is opened anew is told again"
