"""What stops a report beside the books themselves: payouts, emergencies, redirects, evidence, notes; each by name."""

from datetime import timedelta

import pytest

from aid_packages.queries.emergencies import EmergencyRow
from core.models import User
from payments.models import PayoutState
from payments.queries import PayoutSum
from tests.factories.transparency import NOVEMBER_16, OCTOBER, Giving
from transparency import operations
from transparency.checks import of_aid, of_documents, of_payouts
from transparency.models import CheckName, Report, ReportKind, ReportState


def built(ada: User) -> Report:
    report = operations.request_report(
        kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason="the month is over", now=NOVEMBER_16
    )
    operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    report.refresh_from_db()
    return report


def test_a_payout_that_is_not_its_parts_stops_the_report(
    books: Giving, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    payouts = [
        PayoutSum(ref="po_whole", booked_minor=90_00, parts_minor=90_00, status=PayoutState.PAID),
        PayoutSum(ref="po_short", booked_minor=50_00, parts_minor=48_00, status=PayoutState.PAID),
        PayoutSum(ref="po_untold", booked_minor=10_00, parts_minor=None, status=PayoutState.IN_TRANSIT),
    ]
    monkeypatch.setattr(of_payouts, "payout_sums", lambda **_: payouts)
    report = built(ada)
    finding = report.findings.get()
    assert report.state == ReportState.BLOCKED
    assert (finding.check_name, finding.subject, finding.difference_minor) == (
        CheckName.PAYOUTS_EQUAL_PARTS,
        "po_short",
        2_00,
    )


def test_an_emergency_that_nobody_countersigned_stops_the_report(
    books: Giving, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    overdue = EmergencyRow(
        allocation_id=7, fund_code="FOREST", amount_minor=80_00, countersign_until=NOVEMBER_16 - timedelta(days=1)
    )
    monkeypatch.setattr(of_aid, "overdue_emergencies", lambda **_: [overdue])
    finding = built(ada).findings.get()
    assert (finding.check_name, finding.subject) == (CheckName.EMERGENCIES_COUNTERSIGNED, "allocation 7, FOREST")
    assert finding.difference_minor == 80_00


def test_a_redirect_of_which_donors_were_not_told_stops_the_report(
    books: Giving, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_aid, "untold_redirects", lambda **_: [(3, 41)])
    finding = built(ada).findings.get()
    assert (finding.check_name, finding.subject, finding.entries) == (CheckName.REDIRECTS_TOLD, "redirect 3", [41])


def test_evidence_that_does_not_sum_to_the_documents_stops_the_report(
    books: Giving, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    graded = {"evidence": ({"grade": "invoice_seen", "documents": 1, "spent": 5_00, "checked_by": []},)}
    monkeypatch.setattr(of_documents, "read_evidence", lambda **_: graded)
    finding = built(ada).findings.get()
    assert (finding.check_name, finding.subject) == (CheckName.SPENDING_HAS_DOCUMENTS, "evidence by grade")


def test_notes_that_are_not_the_gifts_stop_the_report(
    books: Giving, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.give(50_00)
    books.give(20_00)
    monkeypatch.setattr("transparency.sources.notes.taken_back", lambda **_: 1_00)
    finding = built(ada).findings.get()
    assert (finding.check_name, finding.expected_minor, finding.actual_minor) == (
        CheckName.NOTES_SUM,
        70_00,
        69_00,
    )
