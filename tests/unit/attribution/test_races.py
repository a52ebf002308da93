"""What happens at once: a refund beside lining up, and two runs. Each lock has its negative control."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, connections, transaction

from ledger.queries import fund_movements
from payments.models import Donation
from payments.operations import line_up as lining
from tests.factories.aid_packages import make_envelope_books
from tests.factories.attribution import (
    SEPTEMBER_OPENS,
    after_the_window,
    collect,
    give_back,
    lines_grow,
    places_on,
)
from tests.factories.transparency import OCTOBER_NOON, Giving
from tests.support.database import CommittedDatabase
from tests.support.meeting import meeting, until, waiting_for_locks
from tests.unit.attribution.conftest import broken

running = import_module("transparency.attribution.operations.bring_up_to_date")
"""The module; the package gives its function this name."""
LATER = after_the_window(OCTOBER_NOON)
GATE = 7_777
"""An advisory lock before which lining up waits when it has fixed the nets and has not committed."""


@pytest.fixture
def gift(committed_db: CommittedDatabase) -> Donation:
    """100 zł for warm nights, 98.50 zł after the fee; past the window."""
    make_envelope_books(now=SEPTEMBER_OPENS)
    with transaction.atomic():
        return Giving().give(10_000)


def in_a_thread(pool: ThreadPoolExecutor, work: Callable[[], object]) -> Future[object]:
    def run() -> object:
        try:
            return work()
        finally:
            connections.close_all()

    return pool.submit(run)


def refunded_beside_lining_up(gift: Donation, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """A refund of 40 zł comes while lining up has fixed the net and not committed. What is booked as given back, by fund."""
    monkeypatch.setattr(lining, "_FIX_NETS", f"{lining._FIX_NETS}; SELECT pg_advisory_xact_lock({GATE})")
    with ThreadPoolExecutor(2) as pool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [GATE])
        lined = in_a_thread(pool, lambda: lines_grow(now=LATER))
        until(lambda: waiting_for_locks() == 1, "the nets are fixed, and not committed")
        refunded = in_a_thread(pool, lambda: give_back(gift, 4_000, at=LATER))
        until(lambda: refunded.done() or waiting_for_locks() == 2, "the refund is booked, or waits for lining up")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [GATE])
        lined.result()
        refunded.result()
    moved = fund_movements(first_period=0, last_period=999912)
    return {
        f"{each.fund_code} {each.use.value}": each.amount_minor for each in moved if each.use in ("refunds", "losses")
    }


def test_a_refund_beside_lining_up_falls_on_general(gift: Donation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refunded_beside_lining_up(gift, monkeypatch) == {"GENERAL losses": 4_000}
    assert [length for _, length, _ in places_on("WARM-NIGHT")] == [9_850]
    assert broken() == []


def test_without_the_rows_lock_the_need_bears_what_its_line_still_holds(
    gift: Donation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lining, "_LOCK_DUE", lining._LOCK_DUE.replace("FOR NO KEY UPDATE OF donation", ""))
    assert refunded_beside_lining_up(gift, monkeypatch) == {"WARM-NIGHT refunds": 4_000}
    assert [length for _, length, _ in places_on("WARM-NIGHT")] == [9_850]


def two_runs(monkeypatch: pytest.MonkeyPatch) -> list[Future[object]]:
    """Two runs at once; each waits for the other once it has read how far the lines go, or until that is locked out."""
    real, wait_for_another = running.line_up, meeting()

    def meet(**asked: object) -> object:
        wait_for_another()
        return real(**asked)

    monkeypatch.setattr(running, "line_up", meet)
    with ThreadPoolExecutor(2) as pool:
        return [in_a_thread(pool, lambda: lines_grow(now=LATER)) for _ in range(2)]


def test_two_runs_at_once_are_one(gift: Donation, monkeypatch: pytest.MonkeyPatch) -> None:
    collect(2_000, reference="cash:box")
    for run in two_runs(monkeypatch):
        run.result()
    assert places_on("WARM-NIGHT") == [(0, 2_000, None), (2_000, 9_850, gift.pk)]
    assert broken() == []


def test_without_the_lines_lock_one_of_them_fails(gift: Donation, monkeypatch: pytest.MonkeyPatch) -> None:
    collect(2_000, reference="cash:box")
    monkeypatch.setattr(running, "ONE_AT_A_TIME", "SELECT 1")
    errors = [run.exception() for run in two_runs(monkeypatch)]
    assert [type(error) for error in errors if error is not None] == [IntegrityError]
