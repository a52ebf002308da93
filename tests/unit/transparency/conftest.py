"""Who works on the reports of these tests, and the books they are about."""

import pytest

from core.models import User
from tests.factories.transparency import Giving, make_staff, open_catalogue


@pytest.fixture
def ada(db: None) -> User:
    """She prepares."""
    return make_staff("ada")


@pytest.fixture
def bartek(db: None) -> User:
    """He reviews and publishes."""
    return make_staff("bartek")


@pytest.fixture
def books(db: None) -> Giving:
    """Open books, and a hand that gives."""
    open_catalogue()
    return Giving()
