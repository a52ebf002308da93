"""Is it alive, and can it do its work?"""

import pytest
from django.test import Client
from pytest_django import Settings


def test_alive_needs_nothing(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_ready_with_database_migrations_and_broker(client: Client, broker: str) -> None:
    answer = client.get("/readyz")
    assert answer.json() == {"database": "ok", "migrations": "ok", "books": "ok", "broker": "ok"}
    assert answer.status_code == 200


@pytest.mark.django_db
def test_not_ready_without_a_broker(client: Client, settings: Settings) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broker"] != "ok"
    assert answer.json()["database"] == "ok"
