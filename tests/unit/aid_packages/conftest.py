"""A loaded catalogue."""

import pytest

from tests.factories.aid_packages import make_catalogue


@pytest.fixture
def catalogue(db: None) -> None:
    """Open books and the demo's needs and packages."""
    make_catalogue()
