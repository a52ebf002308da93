"""One line at the end of a run: whether the provider's suite also met the real one.

Named in tests/conftest.py too, it is printed by runs that spread the tests over workers.
"""

import os

import pytest

SAID = pytest.StashKey[bool]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says aloud that the provider's suite saw only the sandbox; once, whoever loaded this."""
    if os.environ.get("STRIPE_TEST_SECRET_KEY") or config.stash.get(SAID, False):
        return
    config.stash[SAID] = True
    terminalreporter.write_line(
        "NOT RUN: the provider suite against a real Stripe test account (STRIPE_TEST_SECRET_KEY is not set)",
        yellow=True,
    )
