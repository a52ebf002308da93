"""What publishing does beside showing the report: a leaf in the log, mails that become due; and what the audit finds."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.models import User
from donors.models import Mail
from donors.operations.queue_mail import read_mail
from seal.models import NotesFile
from seal.queries import leaf_of_report
from seal.queries.notes import PublishedNotes
from tests.factories.donors import make_donor
from tests.factories.transparency import NOVEMBER_16, OCTOBER, OCTOBER_NOON, Giving, make_published
from transparency import operations
from transparency.models import MailingKind, Report, ReportKind, ReportMailing
from transparency.operations import reader_mails as mailing
from transparency.operations.publish import MAILED_AFTER
from transparency.promises import broken_replays, changed_roots, not_in_the_log, notes_unlike_gifts

DUE = NOVEMBER_16 + MAILED_AFTER
Counted = list[tuple[int, int, list[tuple[str, int]]]]


def counts(monkeypatch: pytest.MonkeyPatch, by_revision: dict[int, Counted]) -> None:
    """What attribution says of each revision's gifts, told apart by the mark's ids that it is asked with."""
    marks = {
        revision: (report.inputs or {})["ids"]
        for revision, report in ((one.revision, one) for one in Report.objects.all())
    }

    def counted_in(*, first_period: int, last_period: int, ids: dict[str, int]) -> object:
        revision = max(number for number, kept in marks.items() if kept == ids)
        return iter(by_revision.get(revision, by_revision[min(by_revision)]))

    monkeypatch.setattr(mailing, "counted_in", counted_in)


@pytest.mark.money
def test_a_report_and_its_correction_are_leaves_of_the_log(books: Giving, ada: User, bartek: User) -> None:
    books.give(50_00)
    first = make_published(ada=ada, bartek=bartek)
    second = make_published(ada=ada, bartek=bartek, reason="a need was misnamed", at=NOVEMBER_16)
    said = leaf_of_report(report="2026-10-r1")
    assert said is not None
    assert said["sha256"] == first.sha256
    assert said["notes_root"] == (first.inputs or {})["notes"]["root"]
    corrected = leaf_of_report(report="2026-10-r2")
    assert corrected is not None
    assert corrected["corrects"] == {"slug": "2026-10-r1", "sha256": first.sha256}
    assert corrected["sha256"] == second.sha256
    assert [held.findings for held in (broken_replays(), notes_unlike_gifts(), not_in_the_log(), changed_roots())] == [
        [], [], [], [],
    ]  # fmt: skip


def test_nothing_is_in_the_log_that_is_not_published(books: Giving, ada: User, bartek: User, monkeypatch) -> None:
    books.give(50_00)

    def refuse(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("transparency.operations.publish._mails_become_due", refuse)
    with pytest.raises(RuntimeError):
        make_published(ada=ada, bartek=bartek)
    assert leaf_of_report(report="2026-10-r1") is None
    assert Report.objects.get().state == "in_review"


def in_review(*, kind: ReportKind, period: int, actor: User, at: datetime) -> Report:
    """A report that waits for its reviewer."""
    report = operations.request_report(kind=kind, period=period, actor=actor, reason="it is over", now=at)
    operations.build_report(report_id=report.pk, now=at)
    operations.send_to_review(report_id=report.pk, actor=actor, comment="ready", now=at)
    return report


def test_a_report_built_before_another_of_its_months_was_published_is_built_again(
    books: Giving, ada: User, bartek: User
) -> None:
    for amount in (10_00, 20_00, 30_00, 40_00, 50_00):
        books.give(amount)
    for month in (10, 11, 12):
        make_published(ada=ada, bartek=bartek, period=202600 + month, at=NOVEMBER_16.replace(year=2027))
    later = NOVEMBER_16.replace(year=2027)
    quarter = in_review(kind=ReportKind.QUARTER, period=202612, actor=ada, at=later)
    make_published(ada=ada, bartek=bartek, reason="a need was misnamed", at=later)
    with pytest.raises(operations.OthersPublished) as refused:
        operations.publish_report(report_id=quarter.pk, actor=bartek, comment="fine", now=later)
    assert refused.value.slugs == ["2026-10-r2"]


def test_a_report_of_other_months_tells_balances_too(books: Giving, ada: User, bartek: User) -> None:
    """What November's rows may tell was decided beside October's first revision, and the second shows other rows."""
    for amount in (10_00, 20_00, 30_00, 40_00, 50_00):
        books.give(amount)
    later = NOVEMBER_16.replace(month=12)
    make_published(ada=ada, bartek=bartek, at=later)
    november = in_review(kind=ReportKind.MONTH, period=202611, actor=ada, at=later)
    make_published(ada=ada, bartek=bartek, reason="a need was misnamed", at=later)
    with pytest.raises(operations.OthersPublished) as refused:
        operations.publish_report(report_id=november.pk, actor=bartek, comment="fine", now=later)
    assert refused.value.slugs == ["2026-10-r2"]


def test_donors_hear_a_day_later_what_was_counted_each_once(
    books: Giving, ada: User, bartek: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.give(50_00)
    report = make_published(ada=ada, bartek=bartek)
    zofia, jan, nobody = (
        make_donor(email="zofia@donors.example.org"),
        make_donor(email="jan@donors.example.org"),
        999_999,
    )
    rows: Counted = [
        (zofia, 1, [("FOREST", 30_00)]),
        (zofia, 2, [("FOREST", 20_00), ("LEGAL", 5_00)]),
        (jan, 3, [("LEGAL", 7_00)]),
        (nobody, 4, [("LEGAL", 1_00)]),
    ]
    counts(monkeypatch, {1: rows})
    waiting = ReportMailing.objects.get()
    assert (waiting.report, waiting.kind) == (report, MailingKind.COUNTED)
    assert operations.readers_due(now=DUE - timedelta(seconds=1)) == []
    assert operations.readers_due(now=DUE) == [waiting.pk]
    monkeypatch.setattr(mailing, "BATCH", 1)
    assert operations.mail_readers(mailing_id=waiting.pk, now=DUE) == 3
    assert operations.mail_readers(mailing_id=waiting.pk, now=DUE) == 0
    told = {mail.donor_id: read_mail(mail)[1] for mail in Mail.objects.filter(kind="counted_in_report")}
    assert set(told) == {zofia, jan}
    assert [row["sum_minor"] for row in told[zofia]["areas"]] == [50_00, 5_00]
    assert told[jan]["report_url"].endswith("/reports/2026-10-r1/")


def test_a_worker_killed_between_batches_goes_on_where_it_was(
    books: Giving, ada: User, bartek: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.give(50_00)
    make_published(ada=ada, bartek=bartek)
    donors = sorted(make_donor(email=f"donor-{name}@donors.example.org") for name in ("ala", "ela", "ola"))
    counts(monkeypatch, {1: [(donor, donor, [("FOREST", 5_00)]) for donor in donors]})
    monkeypatch.setattr(mailing, "BATCH", 1)
    real, calls = mailing._queue, []

    def die_at_the_second(*args: object) -> None:
        calls.append(args[1])
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(mailing, "_queue", die_at_the_second)
    waiting = ReportMailing.objects.get()
    with pytest.raises(KeyboardInterrupt):
        operations.mail_readers(mailing_id=waiting.pk, now=DUE)
    waiting.refresh_from_db()
    assert (waiting.last_donor, waiting.done_at) == (donors[0], None)
    assert operations.readers_due(now=DUE + timedelta(hours=1)) == [waiting.pk]
    assert operations.mail_readers(mailing_id=waiting.pk, now=DUE) == 2
    assert calls == [donors[0], donors[1], donors[1], donors[2]]
    assert Mail.objects.filter(kind="counted_in_report").count() == 3


def test_a_correction_is_told_to_those_whose_gifts_it_counts_otherwise(
    books: Giving, ada: User, bartek: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.give(50_00)
    make_published(ada=ada, bartek=bartek)
    make_published(ada=ada, bartek=bartek, reason="an invoice was taken back", at=NOVEMBER_16)
    same, moved, gone, new = sorted(
        make_donor(email=f"{name}@donors.example.org") for name in ("same", "moved", "gone", "new")
    )
    before: Counted = [(same, 1, [("FOREST", 5)]), (moved, 2, [("FOREST", 5)]), (gone, 3, [("LEGAL", 5)])]
    after: Counted = [(same, 1, [("FOREST", 5)]), (moved, 2, [("LEGAL", 5)]), (new, 4, [("LEGAL", 5)])]
    by_report = {"2026-10-r1": before, "2026-10-r2": after}

    def by_donor(report: Report) -> object:
        return ((donor, dict(shares)) for donor, _, shares in by_report[report.slug])

    monkeypatch.setattr(mailing, "_by_donor", by_donor)
    told = ReportMailing.objects.get(kind=MailingKind.CORRECTED)
    assert told.report.slug == "2026-10-r2"
    operations.mail_readers(mailing_id=told.pk, now=DUE)
    mails = {mail.donor_id: read_mail(mail)[1] for mail in Mail.objects.filter(kind="report_corrected")}
    assert set(mails) == {moved, gone, new}
    assert mails[moved]["reason"] == "an invoice was taken back"
    assert mails[gone]["areas"] == []


def test_the_audit_finds_a_report_that_the_log_does_not_know(
    books: Giving, ada: User, bartek: User, monkeypatch
) -> None:
    books.give(50_00)
    monkeypatch.setattr("transparency.operations.publish.append", lambda **_: None)
    make_published(ada=ada, bartek=bartek)
    (finding,) = not_in_the_log().findings
    assert "2026-10-r1" in finding.message


def test_the_audit_finds_leaves_that_were_changed(
    books: Giving, ada: User, bartek: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database refuses the change itself, so what is read is changed."""
    books.give(50_00)
    make_published(ada=ada, bartek=bartek)
    assert changed_roots().findings == []
    monkeypatch.setattr(PublishedNotes, "chunks", lambda self: iter([bytes(32 * self.leaves)]))
    (finding,) = changed_roots().findings
    assert "2026-10-r1" in finding.message


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda notes: notes["denominations"][0].update(count=2), "don't sum to what it says"),
        (lambda notes: notes.update(taken_back=1), "don't sum to what came in"),
        (lambda notes: notes.update(leaves=7), "not as many leaves"),
    ],
)
def test_the_audit_finds_notes_that_are_not_the_gifts(spoil, said: str) -> None:
    from transparency.promises import _wrong_notes

    notes = {"denominations": [{"fund": "FOREST", "denomination": 50_00, "count": 1}], "sum": 50_00}
    notes |= {"taken_back": 0, "leaves": 1}
    assert list(_wrong_notes(notes, 50_00)) == []
    spoil(notes)
    assert any(said in wrong for wrong in _wrong_notes(notes, 50_00))


@pytest.mark.money
def test_an_erased_donor_leaves_the_replay_as_it_was(books: Giving, ada: User, bartek: User, monkeypatch) -> None:
    books.give(50_00)
    make_published(ada=ada, bartek=bartek)
    monkeypatch.setattr("transparency.sources.notes.gift_seeds", lambda **_: iter([None] * 99))
    assert broken_replays().findings == []
    assert changed_roots().findings == []


def test_notes_are_made_of_every_gift_and_of_nothing_taken_back(books: Giving, ada: User) -> None:
    for amount in (50_00, 123_45, 2_00):
        books.give(amount)
    report = operations.request_report(
        kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason="the month is over", now=NOVEMBER_16
    )
    operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    report.refresh_from_db()
    notes = (report.inputs or {})["notes"]
    assert (notes["sum"], notes["taken_back"]) == (175_45, 0)
    assert NotesFile.objects.get(report="2026-10-r1").root == notes["root"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ({"summary": {"came_in": 1}}, "its months don't sum to it: came_in"),
        ({"names": {}}, "its replay at the mark differs"),
        ({"sha256": "0" * 64}, "the content isn't what its hash says"),
    ],
    ids=["months", "replay", "hash"],
)
def test_the_audit_finds_a_quarter_that_was_spoilt_before_it_was_published(
    books: Giving, ada: User, bartek: User, spoil: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for month in (7, 8, 9):
        books.give(month * 10_00, at=OCTOBER_NOON.replace(month=month))
        make_published(ada=ada, bartek=bartek, period=202600 + month)
    quarter = operations.request_report(
        kind=ReportKind.QUARTER, period=202608, actor=ada, reason="it is over", now=NOVEMBER_16
    )
    operations.build_report(report_id=quarter.pk, now=NOVEMBER_16)
    quarter.refresh_from_db()
    if "names" in spoil:
        names = quarter.names or {}
        spoil = {"names": {**names, "donee": {**names["donee"], "name": "Somebody else"}}}
    if "summary" in spoil:
        spoil = {"summary": {**(quarter.summary or {}), **spoil["summary"]}}
    operations.send_to_review(report_id=quarter.pk, actor=ada, comment="ready", now=NOVEMBER_16)
    Report.objects.filter(pk=quarter.pk).update(**spoil)
    monkeypatch.setattr("transparency.operations.publish.sha256_hex", lambda _: spoil.get("sha256", quarter.sha256))
    operations.publish_report(report_id=quarter.pk, actor=bartek, comment="read", now=NOVEMBER_16)
    (finding,) = broken_replays().findings
    assert said in finding.message
