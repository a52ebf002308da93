"""After a test that touches money, the audit runs."""

from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def audit() -> Callable[[], None]:
    """Runs every check of the audit and fails with what it found."""

    def run() -> None:
        from ledger import audit as ledger_audit

        result = ledger_audit.run()
        assert not list(result.findings), "\n".join(str(finding) for finding in result.findings)

    return run


@pytest.fixture(autouse=True)
def _audit_after_money(request: pytest.FixtureRequest) -> Iterator[None]:
    wanted = request.node.get_closest_marker("money")
    if not wanted:
        yield
        return
    check: Callable[[], None]
    if "committed_db" in request.fixturenames:
        request.getfixturevalue("committed_db")
        check = request.getfixturevalue("audit")
    else:
        check = request.getfixturevalue("readings").check
        request.getfixturevalue("db")
    yield
    check()
