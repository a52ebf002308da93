"""Lists: searched by their address, and exported as they are shown; the funds; mails given up; the trail."""

import csv
import io
from datetime import timedelta

import pytest

from core.models import TrailEntry
from core.trail import record
from donors.models import Mail, MailState
from ledger.queries import fund_balances
from shop.staff import tables
from tests.factories.aid_packages import accepted, advanced, approved, draft, hold, lose, recorded
from tests.factories.donors import CANARIES, CANARY_EMAIL, make_donor, queue_receipt
from tests.factories.staff import Seat, beside, read
from tests.factories.time import NOW
from tests.factories.transparency import Giving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
MONEY = ("donations/", "unmatched/", "matters/", "payouts/", "disputes/")
LISTS = ("allocations/", "documents/", "funds/", *MONEY, "mails/", "reports/", "trail/")


def table(seat: Seat, path: str, **query: object) -> list[list[str]]:
    """A list's CSV, without its header."""
    answer = seat.get(path, export="csv", **query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode())))[1:]


def test_each_empty_list_says_what_to_do_next(ada: Seat) -> None:
    TrailEntry.objects.all()
    for path in ("allocations/", "documents/", *MONEY, "mails/", "reports/"):
        page = ada.get(path)
        assert 'class="desk-empty"' in page.content.decode(), path
        assert table(ada, path) == []
    assert "A good moment to draft an allocation" in read(ada.client.get("/en/dashboard/"))


def test_filters_survive_whatever_is_typed(ada: Seat) -> None:
    for path in LISTS:
        for junk in ("\x00", "x" * 10_000, "9" * 40, "-1", "' OR 1=1 --", "0001-01-01", "9999-12-31", "٣"):
            names = ("state", "fund", "partner", "kind", "number", "nip", "receipt", "donor", "subject", "actor", "act")
            for query in (dict.fromkeys(names, junk), {"since": junk, "until": junk}, {"page": junk}):
                assert ada.get(path, **query).status_code == 200
                assert ada.get(path, **query, export="csv").status_code == 200


def test_what_is_exported_is_what_is_shown(ada: Seat) -> None:
    hold(fund_code="WARM-NIGHT", amount_minor=500_000, reference="start")
    running = approved(purpose='=HYPERLINK("https://evil.example")')
    draft(purpose="another")
    shown = ada.text("allocations/", state="approved")
    assert running.purpose in shown
    assert "another" not in shown
    (row,) = table(ada, "allocations/", state="approved")
    assert row[4] == '\'=HYPERLINK("https://evil.example")'
    assert row[5:] == ["1000.00", "0.00", "0.00"]
    assert len(table(ada, "allocations/")) == 2


def test_a_negative_sum_leaves_the_house_right(ada: Seat) -> None:
    lose(fund_code="WARM-NIGHT", amount_minor=150, reference="dp_1")
    assert fund_balances()["WARM-NIGHT"].balance_minor == -150
    (row,) = [row for row in table(ada, "funds/") if row[1] == "WARM-NIGHT"]
    assert row[4:] == ["-1.50", "0.00", "-1.50"]
    assert "WARM-NIGHT lacks 1.50 zł" in ada.text("funds/")
    assert "WARM-NIGHT lacks 1.50 zł" in read(ada.client.get("/en/dashboard/"))


def test_long_lists_have_pages_and_the_export_has_all(ada: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PAGE", 2)
    hold(fund_code="WARM-NIGHT", amount_minor=500_000, reference="start")
    for purpose in ("first", "second", "third"):
        draft(purpose=purpose)
    front, back = ada.text("allocations/"), ada.text("allocations/", page=2)
    assert ("third" in front, "first" in front, "first" in back, "third" in back) == (True, False, True, False)
    assert [row[4] for row in table(ada, "allocations/", page=2)] == ["third", "second", "first"]
    monkeypatch.setattr(tables, "MOST_EXPORTED", 2)
    assert "See everything" in ada.text("mails/", page=99), "a page too far leads back"
    answer = ada.get("allocations/", export="csv")
    assert answer.status_code == 302
    assert "too long for one file" in ada.text("allocations/")


def test_a_document_is_found_however_its_number_is_written(ada: Seat) -> None:
    hold(fund_code="WARM-NIGHT", amount_minor=500_000, reference="start")
    allocation = approved()
    advanced(allocation, amount_minor=50_000)
    recorded(allocation, amount_minor=100, number="FV 7 / 2026")
    recorded(allocation, amount_minor=200, number="FV 8 / 2026")
    assert [row[0] for row in table(ada, "documents/", number="fv7/2026")] == ["FV 7 / 2026"]
    assert len(table(ada, "documents/", nip="526-025-02-74")) == 2
    assert table(ada, "documents/", since="2026-11-22") == []


def test_a_fund_s_statement_adds_up_to_its_balance(ada: Seat) -> None:
    hold(fund_code="WARM-NIGHT", amount_minor=500_000, reference="start")
    allocation = approved()
    advanced(allocation, amount_minor=50_000)
    accepted(recorded(allocation, amount_minor=12_345))
    page = ada.text("funds/WARM-NIGHT/")
    assert "Balance 4,876.55 zł Committed 876.55 zł Available 4,000.00 zł" in page
    rows = table(ada, "funds/WARM-NIGHT/")
    assert rows[0][-1] == "4876.55"
    assert [row[-2] for row in table(ada, "funds/WARM-NIGHT/", kind="settlement")] == ["-123.45"]
    answer = ada.get("funds/WARM-NIGHT/", export="csv")
    assert 'filename="fund-warm-night.csv"' in answer["Content-Disposition"]
    house = ada.text("funds/")
    assert "At the bank 4,500.00 zł" in house
    assert "With partners, not yet accounted for 376.55 zł" in house


def test_an_address_leads_to_a_number_and_stands_nowhere(ada: Seat, caplog: pytest.LogCaptureFixture) -> None:
    donor_id = make_donor()
    donation, other = Giving().give(20_000, donor_id=donor_id), Giving().give(10_000)
    answer = ada.send("donations/", {"email": f"  {CANARY_EMAIL.upper()} "})
    assert (answer.status_code, answer["Location"]) == (302, f"/en/dashboard/desk/donations/?donor={donor_id}")
    assert [row[0] for row in table(ada, "donations/", donor=donor_id)] == [str(donation.pk)], other
    unknown = ada.send("donations/", {"email": "nobody@donors.example.org"})
    assert (unknown.status_code, beside(unknown, "email")) == (422, "No donation was given with this address.")
    assert 'value="nobody@donors.example.org"' in unknown.content.decode(), "what was typed is kept"
    wrong = ada.send("donations/", {"email": "no address\r\nBcc: x"})
    assert wrong.status_code == 422
    assert 'id="id_email_error"' in wrong.content.decode()
    seen = ada.text("donations/") + ada.text(f"donations/{donation.pk}/") + caplog.text
    assert not [canary for canary in CANARIES if canary in seen]


def test_a_mail_given_up_waits_and_is_sent_again_with_a_reason(ada: Seat, hints: list) -> None:
    mail = queue_receipt(donor_id=make_donor(), now=NOW - timedelta(days=3))
    Mail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, tried_at=NOW, last_problem="550")
    assert "1 mail was given up" in read(ada.client.get("/en/dashboard/"))
    page = ada.text("mails/")
    assert not [canary for canary in CANARIES if canary in page]
    refused = ada.act("mails/", f"retry-{mail.pk}", reason="")
    assert refused.status_code == 422
    assert ada.act("mails/", f"retry-{mail.pk}", reason="the mailbox works again").status_code == 302
    mail.refresh_from_db()
    assert mail.state == MailState.WAITING
    entry = TrailEntry.objects.get(act="mail.retried")
    assert (entry.actor, entry.subject) == (ada.user, f"mail:{mail.pk}")
    again = ada.send("mails/", {"act": f"retry-{mail.pk}"})
    assert again.status_code == 302
    assert TrailEntry.objects.filter(act="mail.retried").count() == 1


def test_the_trail_is_told_in_words_and_found_by_each_part(ada: Seat, bartek: Seat) -> None:
    hold(fund_code="WARM-NIGHT", amount_minor=500_000, reference="start")
    allocation = approved()
    record(actor=None, act="report.request", subject="report:7", reason="the calendar", now=NOW - timedelta(days=3))
    rows = table(ada, "trail/", subject=f"allocation:{allocation.pk}")
    assert [row[1:4] for row in rows] == [
        ["bartek", "approved the allocation", f"Allocation {allocation.pk}"],
        ["ada", "drafted an allocation", f"Allocation {allocation.pk}"],
    ]
    assert rows[0][5] == str(allocation.commitment_entry_id)
    assert [row[1] for row in table(ada, "trail/", act="report.request")] == ["the shop itself"]
    assert len(table(ada, "trail/", until="2026-11-18", act="report.request")) == 1
    assert table(ada, "trail/", since="2026-11-19", act="report.request") == []
    assert {row[1] for row in table(ada, "trail/", actor="bartek")} == {"bartek"}
    assert "The last day comes before the first." in ada.text("trail/", since="2026-11-19", until="2026-11-18")


def test_times_are_warsaw_s_on_every_page(ada: Seat) -> None:
    donation = Giving().give(20_000)
    begun = table(ada, "donations/")[0][1]
    assert begun == "2026-10-12 12:00"
    assert "12 October 2026 12:00" in ada.text(f"donations/{donation.pk}/")
