"""The way of an import: handed in, tried, shown, confirmed, booked whole or not at all. The file is never kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, connections, transaction

from aid_packages.deliveries.models import ImportKind, ImportRun, ImportState
from aid_packages.deliveries.operations.imports.book import EXPECTED, acts_of, book_act, fault_of
from aid_packages.deliveries.operations.imports.read_file import read_file
from aid_packages.deliveries.operations.imports.refusals import Fault
from aid_packages.deliveries.operations.notes import note
from aid_packages.operations.refusals import WrongState, require_reason
from core import queue
from core.models import User

TRIED_AT_ONCE = 100
"""Rows that are tried while somebody waits for the page; more are tried by a worker."""
KEPT_FOR = timedelta(days=1)
"""How long rows that were read and not booked are kept."""
STEP = 25
MOST_FAULTS = 200


class AlreadyImported(ValueError):
    """The same rows were booked before, or are being booked. Expected: the same file twice. `run_id` names that import."""

    def __init__(self, *, run_id: int) -> None:
        super().__init__(f"import {run_id} holds the same rows")
        self.run_id = run_id


class HasFaults(ValueError):
    """An import with rows that can't be booked: all or nothing. Expected."""


def hand_in(*, kind: ImportKind, content: bytes, actor: User, now: datetime) -> ImportRun:
    """Reads a file and tries its rows (or asks a worker to, where they are many); books nothing.

    The bytes are let go with this call: only the rows stay, at most a day. Raises FileRefused, AlreadyImported.
    """
    read = read_file(kind=kind, content=content)
    _refuse_double(read.content_key)
    with transaction.atomic():
        run = ImportRun.objects.create(
            kind=kind,
            content_key=read.content_key,
            columns=read.columns,
            rows=read.rows,
            faults=[fault.kept() for fault in read.faults[:MOST_FAULTS]],
            row_count=len(read.rows),
            encoding=read.encoding,
            state=ImportState.CHECKING,
            made_by=actor,
            made_at=now,
            moved_at=now,
        )
        note(subject=str(run), act="import.handed_in", actor=actor, reason="dry run", now=now, rows=run.row_count)
    if run.row_count > TRIED_AT_ONCE:
        queue.enqueue("deliveries.check_import", run.pk)
    else:
        check_import(run_id=run.pk, now=now)
    run.refresh_from_db()
    return run


def check_import(*, run_id: int, now: datetime) -> None:
    """Tries every row that could be read, in a database transaction that is let go of, and keeps what is wrong beside
    what couldn't be read: one look at the file puts all of it right. Again changes nothing."""
    run = ImportRun.objects.filter(pk=run_id, state=ImportState.CHECKING).select_related("made_by").first()
    if run is None:
        return
    with transaction.atomic():
        with _alone(run_id) as mine:
            if not mine:
                return
            faults = _book_all(run, actor=run.made_by, reason="dry run", now=now)
        transaction.set_rollback(True)
    faulty = sorted([*run.faults, *(fault.kept() for fault in faults)], key=lambda fault: fault["line"])[:MOST_FAULTS]
    checking = ImportRun.objects.filter(pk=run_id, state=ImportState.CHECKING)
    checking.update(state=ImportState.READ, faults=faulty, done_count=0, moved_at=now)


@transaction.atomic
def confirm_import(*, run_id: int, actor: User, reason: str, now: datetime) -> ImportRun:
    """Says yes to an import without faults: a worker books it, as acts of `actor`.

    Raises HasFaults, AlreadyImported, WrongState, ReasonMissing.
    """
    reason = require_reason(reason)
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state in (ImportState.WAITING, ImportState.BOOKING, ImportState.BOOKED) and run.confirmed_by_id == actor.pk:
        return run
    if run.state != ImportState.READ:
        raise WrongState(subject=str(run), state=run.state)
    if run.faults:
        raise HasFaults(str(run))
    _refuse_double(run.content_key)
    run.state, run.confirmed_by, run.reason, run.moved_at = ImportState.WAITING, actor, reason, now
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as double:
        raise AlreadyImported(run_id=run.pk) from double
    note(subject=str(run), act="import.confirmed", actor=actor, reason=reason, now=now, rows=run.row_count)
    queue.enqueue("deliveries.book_import", run.pk)
    return run


def book_import(*, run_id: int, now: datetime) -> None:
    """Books all rows in one database transaction. Killed at any point it leaves nothing, and the sweeper asks again."""
    faults: list[Fault] = []
    with transaction.atomic(), _alone(run_id) as mine:
        waiting = ImportRun.objects.filter(pk=run_id, state__in=[ImportState.WAITING, ImportState.BOOKING])
        run = waiting.select_related("confirmed_by").first() if mine else None
        if run is None or run.confirmed_by is None:
            return
        _tell(run_id, state=ImportState.BOOKING, moved_at=now)
        faults = _book_all(run, actor=run.confirmed_by, reason=run.reason, now=now, until_first=True)
        if faults:
            transaction.set_rollback(True)
        else:
            _end(run_id, state=ImportState.BOOKED, done_count=run.row_count, moved_at=now)
    if faults:
        kept = [fault.kept() for fault in faults]
        _end(run_id, state=ImportState.REFUSED, faults=kept, done_count=0, moved_at=now)


@transaction.atomic
def drop_import(*, run_id: int, actor: User, reason: str, now: datetime) -> None:
    """Says no: what was read is forgotten. Raises WrongState, ReasonMissing."""
    reason = require_reason(reason)
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state not in (ImportState.CHECKING, ImportState.READ):
        raise WrongState(subject=str(run), state=run.state)
    _end(run_id, state=ImportState.DROPPED, faults=[], moved_at=now)
    note(subject=str(run), act="import.dropped", actor=actor, reason=reason, now=now)


def sweep_imports(*, now: datetime) -> None:
    """Forgets rows that nobody said yes to for a day, or that no worker could book in one; asks again for the others."""
    old = ImportRun.objects.filter(made_at__lt=now - KEPT_FOR)
    unwanted = old.filter(state__in=[ImportState.CHECKING, ImportState.READ])
    unwanted.update(state=ImportState.DROPPED, rows=None, faults=[], moved_at=now)
    stuck = old.filter(state__in=[ImportState.WAITING, ImportState.BOOKING])
    stuck.update(state=ImportState.REFUSED, rows=None, moved_at=now)
    waiting = ImportRun.objects.filter(moved_at__lt=now - timedelta(minutes=1))
    for run_id in waiting.filter(state=ImportState.CHECKING).values_list("pk", flat=True):
        queue.send("deliveries.check_import", run_id)
    for run_id in waiting.filter(state__in=[ImportState.WAITING, ImportState.BOOKING]).values_list("pk", flat=True):
        queue.send("deliveries.book_import", run_id)


def _book_all(run: ImportRun, *, actor: User, reason: str, now: datetime, until_first: bool = False) -> list[Fault]:
    """Books the run's acts, each in a savepoint of its own, and names what was refused. Lines with faults are left out."""
    faults: list[Fault] = []
    kind = ImportKind(run.kind)
    unread = {fault["line"] for fault in run.faults}
    done = 0
    for act in acts_of(kind=kind, rows=run.rows or [], content_key=run.content_key):
        if unread.intersection(act.lines):
            continue
        try:
            with transaction.atomic():
                book_act(kind=kind, act=act, actor=actor, reason=reason, now=now)
        except EXPECTED as refusal:
            faults.append(fault_of(act=act, refusal=refusal))
            if until_first or len(faults) >= MOST_FAULTS:
                return faults
        done += len(act.lines)
        if done % STEP < len(act.lines):
            _tell(run.pk, done_count=min(done, run.row_count))
    return faults


def _refuse_double(content_key: str) -> None:
    standing = [ImportState.WAITING, ImportState.BOOKING, ImportState.BOOKED]
    double = ImportRun.objects.filter(content_key=content_key, state__in=standing).first()
    if double is not None:
        raise AlreadyImported(run_id=double.pk)


@contextmanager
def _alone(run_id: int) -> Iterator[bool]:
    """Whether this worker is the one who works on the import, until its database transaction ends.

    An advisory lock rather than the row's, so that progress can be written to the row meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"import:{run_id}"])
        yield bool(cursor.fetchone()[0])


def _tell(run_id: int, **facts: Any) -> None:
    """Writes progress at once, over a connection of its own: the rows themselves stay invisible until the end."""
    beside = connections["default"].copy()
    try:
        with beside.cursor() as cursor:
            assignments = ", ".join(f"{name} = %s" for name in facts)
            cursor.execute(
                f"UPDATE deliveries_importrun SET {assignments} WHERE id = %s",  # noqa: S608 -- names from the code
                [*facts.values(), run_id],
            )
    finally:
        beside.close()


def _end(run_id: int, **facts: Any) -> None:
    """The last state; the rows are forgotten."""
    ImportRun.objects.filter(pk=run_id).update(rows=None, **facts)
