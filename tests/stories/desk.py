"""Ada's and Bartek's words at the desk. Each goes through the form that the page offers, and names its reason."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse

from aid_packages.models import SpendingDocument
from core.models import User
from core.periods import WARSAW
from ledger import accounts
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, post
from payments.models import Donation
from shop.staff.views.allocations import OURSELVES
from tests.factories.staff import Seat, read, sign_in
from tests.support.story import Clock

SHOP_OF_TENTS, FILLING_STATION = "5260250274", "5252344078"


@dataclass
class Desk:
    """Somebody of the staff at work. Pages are named by their address on the desk."""

    user: User
    clock: Clock
    signed_in: datetime | None = None

    @property
    def seat(self) -> Seat:
        """The browser: a signed-in session ends with the working day, so each day begins with signing in."""
        if self.signed_in is None or self.clock.now - self.signed_in > timedelta(hours=1):
            self._seat, self.signed_in = sign_in(self.user), self.clock.now
        return self._seat

    def reads(self, page: str) -> str:
        return self.seat.text(page)

    def is_offered(self, page: str) -> list[str]:
        """What can be done there."""
        return self.seat.offers(page)

    def does(self, page: str, act: str, **typed: Any) -> HttpResponse:
        """Send the form of an act; it has to be accepted."""
        answer = self.seat.act(page, act, **typed)
        assert answer.status_code in (200, 302), read(answer)[:1500]
        return answer

    def is_refused(self, page: str, act: str, **typed: Any) -> str:
        """Send the form of an act that can't be done: what is said about it."""
        answer = self.seat.act(page, act, **typed)
        assert answer.status_code == 422, answer.status_code
        return read(answer)

    # Envelopes

    def drafts(self, *, fund: str, amount: str, purpose: str, partner: str = OURSELVES, months: str = "2026-11") -> str:
        """An envelope; its page."""
        answer = self.does(
            "allocations/",
            "draft",
            fund=fund,
            partner=partner,
            region="north",
            first=months,
            last=months,
            amount=amount,
            purpose=purpose,
            reason="asked for by the field team",
        )
        return answer["Location"].split("/desk/")[1]

    def approves(self, envelope: str) -> None:
        self.does(envelope, "approve", reason="as agreed in Monday's meeting")

    def pays_advance(self, envelope: str, amount: str) -> None:
        self.does(envelope, "advance", amount=amount, day=self.today, reason="bank transfer")

    def books_return(self, envelope: str, amount: str) -> None:
        self.does(envelope, "return", amount=amount, day=self.today, reason="was not needed")

    def closes(self, envelope: str) -> None:
        self.does(envelope, "close", reason="everything is accounted for")

    def records(self, envelope: str, number: str, total: str, *, act: str = "document", **changed: Any) -> str:
        """A partner's document, or with `act="purchase"` an own invoice; its page."""
        typed = {
            "issuer_nip": SHOP_OF_TENTS,
            "issuer_name": "Outdoor shop",
            "number": number,
            "issued_on": self.today,
            "total": total,
            "own_share": "",
            "grade": "invoice_seen",
            "other": "",
            "other_amount": "",
            "reason": "came by post",
        }
        self.does(envelope, act, **{**typed, **changed})
        return f"documents/{SpendingDocument.objects.get(number=number).pk}/"

    def accepts(self, document: str) -> None:
        self.does(document, "accept", grade="invoice_seen", reason="compared with the delivery note")

    def pays(self, document: str) -> None:
        self.does(document, "pay", day=self.today, reason="bank transfer")

    # Money that goes back

    def gives_back(self, donation: Donation, amount: str, reason: str = "the donor asked for it") -> None:
        self.does(f"donations/{donation.pk}/", "refund", amount=amount, reason=reason)

    def gives_back_what_is_unmatched(self) -> None:
        offered = self.is_offered("unmatched/")
        assert len(offered) == 1, offered
        self.does("unmatched/", offered[0], reason="paid twice")

    # Reports

    def asks_for_report(self, month: str, reason: str) -> str:
        """Its page."""
        answer = self.does("reports/", "ask", kind="month", month=month, reason=reason)
        return answer["Location"].split("/desk/")[1]

    def finds_report(self, slug: str) -> str:
        """The page of a report in the list."""
        page = self.seat.get("reports/").content.decode()
        found = re.search(rf'href="[^"]*/desk/(reports/\d+/)"[^>]*>\s*{slug}', page)
        assert found, f"{slug} is not in the list"
        return found[1]

    def sends_to_review(self, report: str) -> None:
        self.does(report, "send", reason="the figures agree with my own notes")

    def publishes(self, report: str) -> None:
        self.does(report, "publish", reason="read and compared with the documents")

    @property
    def today(self) -> str:
        day: date = self.clock.now.astimezone(WARSAW).date()
        return day.isoformat()


def bank_account_opens(*, fund: str, amount_minor: int, clock: Clock) -> None:
    """What a fund held on the bank account when the books began, in grosze."""
    post(
        reference=f"opening:{fund}",
        kind=EntryKind.OPENING,
        event_at=clock.now,
        lines=[
            Line(account=accounts.BANK, amount_minor=amount_minor),
            Line(account=accounts.fund_account(fund, FundUse.OPENING), amount_minor=-amount_minor),
        ],
        now=clock.now,
    )
