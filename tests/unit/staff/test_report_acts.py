"""What else is done with reports on the desk: a treasurer accepts, a reviewer opens evidence, staff define campaigns."""

import re
from typing import Any

import pytest

from aid_packages.models import SpendingDocument
from ledger import accounts
from ledger.models import EntryKind
from ledger.operations import Line, post
from tests.factories.evidence import taken_in
from tests.factories.staff import Seat, beside, make_member, sign_in
from tests.factories.transparency import NOVEMBER_16, OCTOBER_NOON, Giving, pay_out, spend_through_partner
from transparency.models import AcceptedDifference, Campaign, OrganisationIncome, Report, ReportKind, ReportState
from transparency.operations import build_report, request_report, take_kept_mark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
CAMPAIGN: dict[str, Any] = {
    "code": "autumn",
    "name_pl": "Jesień",
    "name_en": "Autumn",
    "first": "2026-09",
    "last": "2026-10",
    "funds": ["FOREST", "WARM-NIGHT"],
    "reason": "the board asked",
}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOVEMBER_16)


@pytest.fixture
def tekla(db: None) -> Seat:
    """She is the treasurer."""
    return sign_in(make_member("tekla", "treasurers"))


def october(ada: Seat) -> Report:
    report = request_report(kind=ReportKind.MONTH, period=202610, actor=ada.user, reason="over", now=NOVEMBER_16)
    build_report(report_id=report.pk, now=NOVEMBER_16)
    report.refresh_from_db()
    return report


def short_by(amount_minor: int) -> None:
    post(
        reference="payout:by-hand",
        kind=EntryKind.PAYOUT,
        event_at=OCTOBER_NOON,
        lines=[Line(accounts.BANK, amount_minor), Line(accounts.STRIPE_CLEARING, -amount_minor)],
        now=OCTOBER_NOON,
    )


def test_only_a_treasurer_is_offered_to_accept_and_the_reason_is_kept(ada: Seat, bartek: Seat, tekla: Seat) -> None:
    Giving().give(20_000)
    short_by(3)
    report = october(ada)
    page = f"reports/{report.pk}/"
    assert "accept" not in ada.offers(page) + bartek.offers(page)
    assert tekla.offers(page) == ["accept"]
    finding = report.findings.get()
    assert tekla.act(page, "accept", finding=str(finding.pk), reason="").status_code == 422
    assert tekla.act(page, "accept", finding=str(finding.pk), reason="rounding").status_code == 302
    assert AcceptedDifference.objects.get().reason == "rounding"
    report.refresh_from_db()
    assert report.state == ReportState.REQUESTED


def test_more_than_the_cap_is_not_even_offered(ada: Seat, tekla: Seat) -> None:
    Giving().give(20_000)
    short_by(100_01)
    report = october(ada)
    assert tekla.offers(f"reports/{report.pk}/") == []


def test_evidence_that_the_reviewer_opens_is_noted_once(ada: Seat, bartek: Seat) -> None:
    Giving().give(500_00)
    pay_out(400_00)
    spend_through_partner(ada=ada.user, bartek=bartek.user, advance_minor=300_00, document_minor=180_00)
    item = taken_in(SpendingDocument.objects.get().pk, actor=ada.user, now=NOVEMBER_16)
    report = october(ada)
    page = f"reports/{report.pk}/"
    assert "Evidence to open" not in bartek.text(page)
    ada.act(page, "send", reason="ready")
    assert "Evidence to open" in bartek.text(page)
    for _time in range(2):
        answer = bartek.send(page, {"act": "open", "evidence": str(item.pk)})
        assert answer["Location"].endswith(f"/evidence/{item.pk}/")
    opened = report.steps.filter(act="open_evidence")
    assert [(step.actor, step.to_state) for step in opened] == [(bartek.user, "in_review")]
    assert "opened by bartek" in bartek.text(page)
    assert bartek.send(page, {"act": "open", "evidence": "999999"})["Location"].endswith(page)
    assert opened.count() == 1


def test_who_only_prepares_opens_no_evidence_as_a_reviewer(ada: Seat, bartek: Seat) -> None:
    Giving().give(500_00)
    pay_out(400_00)
    spend_through_partner(ada=ada.user, bartek=bartek.user, advance_minor=300_00, document_minor=180_00)
    item = taken_in(SpendingDocument.objects.get().pk, actor=ada.user, now=NOVEMBER_16)
    report = october(ada)
    page = f"reports/{report.pk}/"
    ada.act(page, "send", reason="ready")
    ada.send(page, {"act": "open", "evidence": str(item.pk)})
    assert not report.steps.filter(act="open_evidence").exists()


def test_a_campaign_is_defined_once(ada: Seat) -> None:
    assert ada.act("reports/", "campaign", **CAMPAIGN).status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.funds, campaign.first_period, campaign.made_by) == (["FOREST", "WARM-NIGHT"], 202609, ada.user)
    assert "never changes" in beside(ada.act("reports/", "campaign", **CAMPAIGN), "campaign-code")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "No Good"}, "code"),
        ({"last": "2026-08"}, "last"),
        ({"funds": []}, "funds"),
        ({"name_pl": ""}, "name_pl"),
    ],
)
def test_what_is_wrong_with_a_campaign_stands_beside_it(typed: dict[str, Any], field: str, ada: Seat) -> None:
    answer = ada.act("reports/", "campaign", **{**CAMPAIGN, **typed})
    assert answer.status_code == 422
    assert beside(answer, f"campaign-{field}")


def test_a_years_income_is_entered(ada: Seat) -> None:
    typed = {"year": "2025", "income": "480 000,00", "source": "yearly account", "reason": "it is approved"}
    assert ada.act("reports/", "income", **typed).status_code == 302
    assert OrganisationIncome.objects.get().income_minor == 480_000_00


@pytest.mark.parametrize(
    ("kind", "typed", "slug"),
    [
        ("quarter", {"month": "2026-08"}, "2026-q3-r1"),
        ("year", {"month": "2025-03"}, "2025-r1"),
        ("cohort", {"month": "2025-03"}, "cohort-2025-r1"),
        ("to_date", {}, "2026-11-to-date-r1"),
        ("campaign", {"campaign": "autumn"}, "campaign-autumn-r1"),
    ],
)
def test_every_kind_can_be_asked_for(kind: str, typed: dict[str, str], slug: str, ada: Seat) -> None:
    ada.act("reports/", "campaign", **CAMPAIGN)
    answer = ada.act("reports/", "ask", kind=kind, reason="a donor asked", **typed)
    assert answer.status_code == 302, re.findall(r"_error\">(.*?)<", answer.content.decode())
    assert Report.objects.get().slug == slug
    assert ada.get(answer["Location"].split("/desk/")[1]).status_code == 200


def test_as_of_a_day_without_a_mark_is_told_beside_it(ada: Seat) -> None:
    typed = {"kind": "month", "month": "2026-10", "reason": "what did we know?"}
    answer = ada.act("reports/", "ask", as_of="2026-11-10", **typed)
    assert "No mark" in beside(answer, "ask-as_of")
    take_kept_mark(now=NOVEMBER_16.replace(day=10))
    assert ada.act("reports/", "ask", as_of="2026-11-10", **typed).status_code == 302


def test_the_reviewer_sees_all_that_differs(ada: Seat, bartek: Seat) -> None:
    for amount in range(20_000, 25_000, 1_000):
        Giving().give(amount)
    first = october(ada)
    page = f"reports/{first.pk}/"
    ada.act(page, "send", reason="ready")
    bartek.act(page, "publish", reason="read")
    ada.act("reports/", "ask", kind="month", month="2026-10", reason="a name was wrong")
    second = Report.objects.get(revision=2)
    build_report(report_id=second.pk, now=NOVEMBER_16)
    said = bartek.text(f"reports/{second.pk}/")
    assert "Difference from the revision it corrects, 2026-10-r1" in said
    assert "No section differs." in said
