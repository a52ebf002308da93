"""An import: tried first, then booked all or nothing, once, and the rows are forgotten."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from aid_packages.deliveries.models import Delivery, ImportKind, ImportRun, ImportState, Lot, Service, StockMove
from aid_packages.deliveries.operations import imports
from aid_packages.deliveries.operations.imports import AlreadyImported, HasFaults, column_names, runs
from aid_packages.deliveries.operations.imports.refusals import CellReason
from aid_packages.models import SpendingDocument
from aid_packages.operations.refusals import WrongState
from core.models import TrailEntry
from tests.factories.aid_packages import make_staff
from tests.factories.deliveries import documented, envelope, given, make_store_books, stock_free
from tests.factories.imports import csv_of, deliveries_csv
from tests.factories.time import NOW
from tests.support.database import CommittedDatabase

ROW = ["", "sleeping-bag", 2, "warm-night", "north", "2026-W41", "", "", ""]


def hand_in(content: bytes, kind: ImportKind = ImportKind.DELIVERIES) -> ImportRun:
    return imports.hand_in(kind=kind, content=content, actor=make_staff("ada"), now=NOW)


def confirm(run: ImportRun) -> ImportRun:
    return imports.confirm_import(run_id=run.pk, actor=make_staff("ada"), reason="October's list", now=NOW)


def booked(content: bytes, kind: ImportKind = ImportKind.DELIVERIES) -> ImportRun:
    run = hand_in(content, kind)
    assert run.faults == []
    confirm(run)
    imports.book_import(run_id=run.pk, now=NOW)
    run.refresh_from_db()
    return run


def file_of(kind: ImportKind, *rows: Sequence[Any]) -> bytes:
    return csv_of(column_names(kind=kind, language="en"), *rows)


def told(run: ImportRun) -> list[tuple[int, str, str]]:
    return [(fault["line"], fault["column"], fault["code"]) for fault in run.faults]


@pytest.mark.usefixtures("store")
class TestADryRun:
    def test_books_nothing_and_shows_the_rows(self) -> None:
        lot = given(5)
        run = hand_in(deliveries_csv(ROW, ROW))
        assert (run.state, run.row_count, run.faults) == (ImportState.READ, 2, [])
        assert [row["cells"]["units"] for row in run.rows] == [2, 2]
        assert stock_free(lot) == 5
        assert not Delivery.objects.exists()
        assert not TrailEntry.objects.filter(act="delivery.recorded").exists()

    def test_names_every_bad_row_with_its_column(self) -> None:
        given(3)
        run = hand_in(
            deliveries_csv(
                ROW,
                ROW,
                ["", "boats", 1, *ROW[3:]],
                ["", "sleeping-bag", 1, "admin", *ROW[4:]],
                ["", "sleeping-bag", 1, "warm-night", "moon", *ROW[5:]],
                ["", "sleeping-bag", 1, "warm-night", "north", "2026-W47", "", "", ""],
                ["", "sleeping-bag", 1, "warm-night", "north", "2026-W41", 2, 3, ""],
                ["", "sleeping-bag", 1, "warm-night", "north", "2026-W41", "", "", 999],
            )
        )
        assert told(run) == [
            (3, "units", "NotEnough"),
            (4, "item", "UnknownItem"),
            (5, "fund", "UnknownNeed"),
            (6, "region", "UnknownRegion"),
            (7, "week", "WeekNotOver"),
            (8, "people", "BadPeople"),
            (9, "allocation", "Allocation.DoesNotExist"),
        ]
        assert run.faults[0]["facts"] == {"available": 1, "wanted": 2}
        with pytest.raises(HasFaults):
            confirm(run)

    def test_rows_that_can_be_read_are_tried_beside_those_that_cannot(self) -> None:
        """Else who mends a file would hand it in, and be refused, twice."""
        lot = given(3)
        unreadable = ["", "sleeping-bag", "two", *ROW[3:5], "2026-W54", "", "", ""]
        unknown, together = ["", "boats", 1, *ROW[3:]], ["a", "sleeping-bag", 99, *ROW[3:]]
        run = hand_in(deliveries_csv(ROW, unreadable, unknown, together, ["a", "sleeping-bag", "x", *ROW[3:]]))
        assert run.state == ImportState.READ
        assert told(run) == [
            (3, "units", CellReason.NOT_WHOLE),
            (3, "week", CellReason.NOT_A_WEEK),
            (4, "item", "UnknownItem"),
            (6, "units", CellReason.NOT_WHOLE),
        ]
        assert stock_free(lot) == 3
        with pytest.raises(HasFaults):
            confirm(run)

    def test_many_rows_are_tried_by_a_worker(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given(500)
        monkeypatch.setattr(runs, "TRIED_AT_ONCE", 1)
        run = hand_in(deliveries_csv(ROW, ROW))
        assert run.state == ImportState.CHECKING
        imports.check_import(run_id=run.pk, now=NOW)
        run.refresh_from_db()
        assert (run.state, run.faults) == (ImportState.READ, [])


@pytest.mark.usefixtures("store")
class TestBooking:
    def test_all_of_it_once_and_then_the_rows_are_forgotten(self) -> None:
        lot = given(5)
        run = booked(deliveries_csv(ROW, ROW))
        assert (run.state, run.rows, run.done_count) == (ImportState.BOOKED, None, 2)
        assert stock_free(lot) == 1
        assert Delivery.objects.count() == 2
        imports.book_import(run_id=run.pk, now=NOW)
        assert stock_free(lot) == 1
        with pytest.raises(AlreadyImported):
            hand_in(deliveries_csv(ROW, ROW, delimiter=","))

    def test_the_same_file_twice_on_the_way_is_one(self) -> None:
        given(9)
        first, second = hand_in(deliveries_csv(ROW)), hand_in(deliveries_csv(ROW))
        confirm(first)
        with pytest.raises(AlreadyImported):
            confirm(second)

    def test_nothing_of_it_where_one_row_can_no_longer_be_booked(self) -> None:
        lot = given(5)
        run = hand_in(deliveries_csv(["", "sleeping-bag", 3, *ROW[3:]], ROW))
        confirm(run)
        other = booked(deliveries_csv(["", "sleeping-bag", 1, *ROW[3:]]))
        imports.book_import(run_id=run.pk, now=NOW)
        run.refresh_from_db()
        assert other.state == ImportState.BOOKED
        assert (run.state, run.rows, told(run)) == (ImportState.REFUSED, None, [(3, "units", "NotEnough")])
        assert stock_free(lot) == 4

    def test_rows_that_were_handed_on_together_are_one_delivery(self) -> None:
        given(5)
        given(5, item="boots")
        booked(
            deliveries_csv(
                ["a", "sleeping-bag", 2, "warm-night", "north", "2026-W41", 7, 2, ""],
                ["a", "boots", 3, "warm-night", "north", "2026-W41", "", "", ""],
            )
        )
        [delivery] = Delivery.objects.all()
        assert (delivery.people, delivery.moves.count()) == (7, 2)
        other_week = ["b", "boots", 1, "warm-night", "north", "2026-W40", "", "", ""]
        run = hand_in(deliveries_csv(["b", *ROW[1:]], other_week))
        assert told(run) == [(2, "week", "differs")]

    def test_services(self) -> None:
        rows = [["consultation", 4, "warm-night", "north", "2026-W41", 6, 3, ""]]
        booked(file_of(ImportKind.SERVICES, *rows), ImportKind.SERVICES)
        assert list(Service.objects.values_list("units", "people", "nationalities")) == [(4, 6, 3)]

    def test_lots_bought_and_given(self) -> None:
        document = SpendingDocument.objects.get(pk=documented(amount_minor=154_800))
        bought = ["boots", 12, "1548,00", "bought", document.number, "", "warm-night", "north", "2026-W41", "2027-12"]
        kind = ["boots", 2, "100", "in_kind", "", "appraisal", "warm-night", "north", "2026-W41", ""]
        booked(file_of(ImportKind.LOTS, bought, kind), ImportKind.LOTS)
        assert list(Lot.objects.order_by("id").values_list("units", "cost_minor", "use_by")) == [
            (12, 154_800, 202712),
            (2, 10_000, None),
        ]

    def test_lots_that_contradict_their_paper_are_named(self) -> None:
        where = ["warm-night", "north", "2026-W41", ""]
        run = hand_in(
            file_of(
                ImportKind.LOTS,
                ["boots", 1, "10", "bought", "", "", *where],
                ["boots", 1, "10", "bought", "FV/none", "", *where],
                ["boots", 1, "10", "in_kind", "", "", *where],
                ["boots", 1, "10", "in_kind", "FV/1", "invoice", *where],
            ),
            ImportKind.LOTS,
        )
        assert told(run) == [
            (2, "document", "needed_here"),
            (3, "document", "no_document"),
            (4, "basis", "needed_here"),
            (5, "document", "not_here"),
        ]

    def test_documents_by_unchanged_rules(self) -> None:
        ours = envelope(amount_minor=50_000)
        head = ["allocation", "settles", "nip", "number", "issued on", "total", "our share", "the rest paid by"]
        row = [ours.pk, "purchase", "526-025-02-74", "FV 1", "2026-11-05", "200,00", "150,00", "Another Foundation"]
        run = hand_in(
            csv_of(
                head,
                row,
                [*row[:2], "5260250270", "FV 2", *row[4:]],
                [*row[:3], "fv1", *row[4:]],
                [*row[:3], "FV 3", "2026-10-01", *row[5:]],
                [*row[:3], "FV 4", "2026-11-05", "100000,00", "", ""],
                [*row[:3], "FV 5", "2026-11-05", "200,00", "150,00", ""],
            ),
            ImportKind.DOCUMENTS,
        )
        assert told(run) == [
            (3, "issuer_nip", "BadNip"),
            (4, "number", "DuplicateDocument"),
            (5, "issued_on", "OutsidePeriod"),
            (6, "total", "OverEnvelope"),
            (7, "funder", "BadFunders"),
        ]
        booked(csv_of(head, row), ImportKind.DOCUMENTS)
        [document] = SpendingDocument.objects.all()
        assert (document.state, document.total_minor, document.own_share_minor) == ("recorded", 20_000, 15_000)


@pytest.mark.usefixtures("store")
class TestLettingGo:
    def test_who_says_no_leaves_no_rows(self) -> None:
        given(5)
        run = hand_in(deliveries_csv(ROW))
        imports.drop_import(run_id=run.pk, actor=make_staff("ada"), reason="wrong file", now=NOW)
        run.refresh_from_db()
        assert (run.state, run.rows) == (ImportState.DROPPED, None)
        with pytest.raises(WrongState):
            confirm(run)

    def test_what_nobody_wanted_is_forgotten_after_a_day(self) -> None:
        given(5)
        run = hand_in(deliveries_csv(ROW))
        imports.sweep_imports(now=NOW + timedelta(hours=23))
        run.refresh_from_db()
        assert run.rows
        imports.sweep_imports(now=NOW + timedelta(hours=25))
        run.refresh_from_db()
        assert (run.state, run.rows) == (ImportState.DROPPED, None)

    def test_what_no_worker_can_book_is_forgotten_after_a_day_too(self) -> None:
        given(5)
        run = hand_in(deliveries_csv(ROW))
        confirm(run)
        imports.sweep_imports(now=NOW + timedelta(hours=25))
        run.refresh_from_db()
        assert (run.state, run.rows) == (ImportState.REFUSED, None)
        imports.book_import(run_id=run.pk, now=NOW + timedelta(hours=25))
        assert not Delivery.objects.exists()
        assert hand_in(deliveries_csv(ROW)).state == ImportState.READ, "it may be handed in again"

    def test_what_no_worker_finished_is_asked_for_again(self, hints: list[tuple]) -> None:
        given(5)
        run = hand_in(deliveries_csv(ROW))
        confirm(run)
        hints.clear()
        imports.sweep_imports(now=NOW + timedelta(minutes=2))
        assert [(name, args) for name, args in hints] == [("deliveries.book_import", (run.pk,))]


def test_progress_can_be_seen_while_nothing_else_can(
    committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another connection sees how far a worker is, and none of its deliveries, until all of them are there."""
    make_store_books()
    given(50)
    monkeypatch.setattr(runs, "STEP", 1)
    run = hand_in(deliveries_csv(*[ROW] * 4))
    confirm(run)
    seen: list[tuple[str, int, int]] = []
    really_book = runs.book_act

    def look() -> None:
        seen.append((*ImportRun.objects.values_list("state", "done_count").get(pk=run.pk), Delivery.objects.count()))
        connection.close()

    def book_and_look(**facts: Any) -> None:
        watcher = threading.Thread(target=look)
        watcher.start()
        watcher.join()
        really_book(**facts)

    monkeypatch.setattr(runs, "book_act", book_and_look)
    imports.book_import(run_id=run.pk, now=NOW)
    assert seen == [("booking", 0, 0), ("booking", 1, 0), ("booking", 2, 0), ("booking", 3, 0)]
    assert (Delivery.objects.count(), StockMove.objects.filter(target="delivered").count()) == (4, 4)


def test_a_worker_that_is_killed_leaves_nothing_and_another_ends_it(
    committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_store_books()
    given(50)
    run = hand_in(deliveries_csv(*[ROW] * 3))
    confirm(run)
    really_book, left = runs.book_act, [2]

    class Killed(BaseException):
        """As a signal would."""

    def book_until_killed(**facts: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        really_book(**facts)

    monkeypatch.setattr(runs, "book_act", book_until_killed)
    with pytest.raises(Killed):
        imports.book_import(run_id=run.pk, now=NOW)
    assert Delivery.objects.count() == 0
    monkeypatch.setattr(runs, "book_act", really_book)
    imports.book_import(run_id=run.pk, now=NOW)
    assert Delivery.objects.count() == 3
    assert ImportRun.objects.get(pk=run.pk).state == ImportState.BOOKED
