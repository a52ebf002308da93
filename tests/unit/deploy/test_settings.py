"""Production refuses to start with what would hurt; every variable is documented."""

import re
from pathlib import Path

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from shop.deploy_check import MADE_UP
from shop.settings.refusals import REQUIRED, refuse_unsafe

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a shop that takes real money."""
    for name in ("STRIPE_API_BASE", "DEMO", "DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in MADE_UP.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refusal(*, debug: bool = False) -> str:
    with pytest.raises(ImproperlyConfigured) as raised:
        refuse_unsafe(env=environ.Env(), debug=debug)
    return str(raised.value)


def test_a_complete_environment_is_accepted(production: pytest.MonkeyPatch) -> None:
    refuse_unsafe(env=environ.Env(), debug=False)


@pytest.mark.parametrize("name", REQUIRED)
def test_whatever_is_missing_is_named(production: pytest.MonkeyPatch, name: str) -> None:
    production.setenv(name, "")
    assert f"{name} is not set" in refusal()


def test_debug_is_refused(production: pytest.MonkeyPatch) -> None:
    assert "DEBUG is on" in refusal(debug=True)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("STRIPE_API_KEY", "sk_test_123", "test or sandbox key"),
        ("STRIPE_API_KEY", "rk_test_123", "test or sandbox key"),
        ("STRIPE_API_KEY", "pk_live_123", "test or sandbox key"),
        ("STRIPE_LIVEMODE", "false", "STRIPE_LIVEMODE is off"),
        ("SITE_URL", "http://store.example", "does not begin with https"),
        ("STRIPE_API_BASE", "http://127.0.0.1:8420", "not Stripe's own address"),
        ("STRIPE_API_BASE", "https://api.stripe.com.example", "not Stripe's own address"),
        ("STRIPE_API_BASE", "http://api.stripe.com", "not Stripe's own address"),
        ("SECRET_KEY", "short", "SECRET_KEY is shorter"),
        ("SECRET_KEY", "development-only-" + "x" * 60, "development keys"),
        ("DEMO", "true", "DEMO is on"),
    ],
)
def test_what_belongs_to_a_test_is_refused(production: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    production.setenv(name, value)
    assert said in refusal()


def test_every_variable_that_is_read_stands_in_the_table() -> None:
    read: set[str] = set()
    for file in (ROOT / "shop" / "settings").glob("*.py"):
        read |= set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", file.read_text()))
    table = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "operations.md").read_text()))
    assert read
    assert not read - table, "read, but not in docs/operations.md"
