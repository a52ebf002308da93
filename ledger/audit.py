"""The audit: every room registers the promises it holds, one run checks them all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from django.db import connection, transaction


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a promise is broken. `entry_id` is the journal entry, where there is one."""

    message: str
    entry_id: int | None = None
    reference: str = ""
    number: int = 0
    """The promise's number; the run fills it in, and the name of its check."""
    name: str = ""

    def __str__(self) -> str:
        where = f" (entry {self.entry_id}{', ' + self.reference if self.reference else ''})" if self.entry_id else ""
        return f"promise {self.number}: {self.message}{where}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check looked at, and what it found."""

    count: int
    findings: list[Finding] = field(default_factory=list)


Check = Callable[[], "Checked | Iterable[Finding]"]


@dataclass(frozen=True, slots=True)
class Promise:
    """A registered check of one promise of the design, by its number there."""

    number: int
    name: str
    check: Check


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What a run checked, as (number, name, how many things were looked at or None), and what it found."""

    checked: list[tuple[int, str, int | None]]
    findings: list[Finding]


_promises: dict[tuple[int, str], Promise] = {}


def register(number: int, name: str, check: Check) -> None:
    """Adds a check; called in AppConfig.ready(). A check returns its findings, or `Checked` with a count as well.

    A promise may have several checks with different names; registering the same name again replaces it.
    """
    _promises[number, name] = Promise(number=number, name=name, check=check)


def registered() -> list[Promise]:
    """Every check, in the order of its number and name."""
    return [_promises[key] for key in sorted(_promises)]


def run_on_snapshot() -> AuditResult:
    """Runs every check on one snapshot, so that what is committed meanwhile can't look like a broken promise.

    Read-only, and blocks nobody. Inside a database transaction it is that one's view.
    """
    if connection.in_atomic_block:
        return run()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return run()


def run() -> AuditResult:
    """Runs every check. A check that raises is not caught: an audit that can't run must not look clean."""
    result = AuditResult(checked=[], findings=[])
    for promise in registered():
        outcome = promise.check()
        count = outcome.count if isinstance(outcome, Checked) else None
        found = outcome.findings if isinstance(outcome, Checked) else outcome
        result.checked.append((promise.number, promise.name, count))
        result.findings.extend(replace(finding, number=promise.number, name=promise.name) for finding in found)
    return result
