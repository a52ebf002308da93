"""A store to work in."""

import pytest

from tests.factories.deliveries import make_store_books


@pytest.fixture
def store(db: None) -> None:
    """Open books, two items and a service; nothing in stock."""
    make_store_books()
