"""Reports on the desk: asked for, sent to review by one, published by another; what is wrong stands beside its field."""

import pytest

from tests.factories.staff import Seat, beside, make_member, read
from tests.factories.transparency import NOVEMBER_16, Giving
from transparency.models import Report, ReportKind
from transparency.operations import build_report, request_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOVEMBER_16)


@pytest.fixture
def drafted(ada: Seat) -> Report:
    """October's report, asked for by Ada and built."""
    Giving().give(20_000)
    report = request_report(kind=ReportKind.MONTH, period=202610, actor=ada.user, reason="over", now=NOVEMBER_16)
    build_report(report_id=report.pk, now=NOVEMBER_16)
    report.refresh_from_db()
    assert report.state == "draft", list(report.findings.all())
    return report


def test_asking_leads_to_the_report_and_its_progress(ada: Seat) -> None:
    answer = ada.act("reports/", "ask", kind="month", month="2026-10", reason="the month is over")
    report = Report.objects.get()
    assert answer["Location"] == f"/en/dashboard/desk/reports/{report.pk}/"
    page = ada.get(f"reports/{report.pk}/").content.decode()
    assert "<progress" in page
    assert "desk-progress.js" in page
    assert 'http-equiv="refresh"' not in page
    assert ada.offers(f"reports/{report.pk}/") == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "month", "month": ""}, "like 2026-11"),
        ({"kind": "month", "month": "2026-11"}, "not over yet"),
        ({"kind": "year", "month": "2026-01"}, "not over yet"),
        ({"kind": "month", "month": "10.2026"}, "like 2026-11"),
        ({"kind": "month", "month": "2099-12"}, "not over yet"),
        ({"kind": "month", "month": "9999-99"}, "like 2026-11"),
    ],
)
def test_a_month_that_can_t_be_reported_is_told_beside_it(typed: dict[str, str], said: str, ada: Seat) -> None:
    answer = ada.act("reports/", "ask", reason="why not", **typed)
    assert answer.status_code == 422
    assert said in beside(answer, "ask-month")
    assert 'value="why not"' in answer.content.decode()
    assert not Report.objects.exists()


def test_a_second_one_of_the_same_month_is_refused(ada: Seat) -> None:
    for _time in range(2):
        answer = ada.act("reports/", "ask", kind="month", month="2026-10", reason="over")
    assert "on its way already" in beside(answer, "ask-month")


def test_one_sends_another_publishes(ada: Seat, bartek: Seat, drafted: Report) -> None:
    page = f"reports/{drafted.pk}/"
    assert bartek.offers(page) == []
    assert ada.act(page, "send", reason="read\nthrough").status_code == 302
    assert "another person has to publish it" in ada.text(page)
    assert bartek.act(page, "changes", reason="\x00").status_code == 422
    assert "can't be kept" in beside(bartek.act(page, "changes", reason="a\u202eb"), "changes-reason")
    assert bartek.act(page, "changes", reason="the partner asks for more").status_code == 302
    assert "sent to review again: the partner asks for more" in ada.text(page), "what to do stands first"
    assert ada.act(page, "send", reason="put right").status_code == 302
    assert bartek.act(page, "publish", reason="compared").status_code == 302
    drafted.refresh_from_db()
    assert (drafted.state, drafted.published_by) == ("published", bartek.user)
    assert "Read it as everyone does" in bartek.text(page)
    assert "published" in ada.text("reports/", state="published")


def test_a_reviewer_reads_the_page_itself_before_it_is_public(ada: Seat, bartek: Seat, drafted: Report) -> None:
    page = f"reports/{drafted.pk}/"
    ada.act(page, "send", reason="read through")
    assert f'href="/en/dashboard/desk/{page}preview/"' in bartek.get(page).content.decode()
    preview = bartek.text(f"{page}preview/")
    assert "Only staff can see this page" in preview
    assert "200.00 zł" in preview
    assert "Downloads" not in preview
    bartek.act(page, "publish", reason="compared")
    assert "Read it as everyone will" not in bartek.text(page)


def test_what_is_not_built_has_no_preview(ada: Seat) -> None:
    report = request_report(kind=ReportKind.MONTH, period=202610, actor=ada.user, reason="over", now=NOVEMBER_16)
    assert ada.get(f"reports/{report.pk}/preview/").status_code == 404


def test_nobody_publishes_their_own(celina: Seat, ada: Seat, drafted: Report) -> None:
    page = f"reports/{drafted.pk}/"
    celina.act(page, "send", reason="read through")
    assert "publish" not in celina.offers(page)
    form = {"act": "publish", "publish-reason": "I trust myself", "publish-request_key": "0" * 32}
    assert celina.send(page, form).status_code == 302
    assert ada.send(page, form).status_code == 302
    drafted.refresh_from_db()
    assert drafted.state == "in_review"


def test_the_list_s_answer_for_a_colleague_in_between_is_polite(ada: Seat, drafted: Report) -> None:
    page = f"reports/{drafted.pk}/"
    hidden = ada.hidden(page, "send")
    ada.act(page, "send", reason="read through")
    late = ada.send(page, {**hidden, "send-reason": "me too"})
    assert late.status_code == 302
    assert "This can't be done now" in read(ada.get(page))
    assert make_member("ada").pk == ada.user.pk
