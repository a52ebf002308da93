"""Donors for tests. The canaries are words that may appear nowhere but where the donor reads them."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core import mail as django_mail

from donors import operations
from donors.models import Mail, MailKind
from donors.sign_in import ask_for_link, new_browser
from tests.factories.time import NOW

CANARY_EMAIL = "Kanarek.Zofia@poczta.example.org"
CANARY_NAME = "Zofia Kanarkowa"
CANARY_COMPANY = "Kanarek i Córki sp. z o.o."
CANARY_NIP = "5260250274"
CANARY_ADDRESS = "ul. Kanarkowa 7, 15-001 Białystok"
CANARY_DEDICATEE = "Bronisława Zięba"
CANARY_DEDICATEE_EMAIL = "bronka.zieba@listy.example.net"
CANARY_MESSAGE = "Dla Ciebie, na pamiątkę żółtych kanarków"

CANARIES = (
    CANARY_EMAIL,
    CANARY_NAME,
    CANARY_COMPANY,
    CANARY_NIP,
    CANARY_ADDRESS,
    CANARY_DEDICATEE,
    CANARY_DEDICATEE_EMAIL,
    CANARY_MESSAGE,
)


def make_donor(**given: Any) -> int:
    """A donor's id; everything that can be typed is typed, unless given otherwise."""
    typed = {
        "email": CANARY_EMAIL,
        "name": CANARY_NAME,
        "company_name": CANARY_COMPANY,
        "nip": CANARY_NIP,
        "address": CANARY_ADDRESS,
        "language": "pl",
        "now": NOW,
    }
    return operations.remember_donor(**{**typed, **given})


def make_dedication(*, donor_id: int, **given: Any) -> int:
    """A dedication's id, of the gift donation:12."""
    typed = {
        "reference": "donation:12",
        "giver_name": CANARY_NAME,
        "recipient_name": CANARY_DEDICATEE,
        "recipient_email": CANARY_DEDICATEE_EMAIL,
        "message": CANARY_MESSAGE,
        "send_on": date(2026, 12, 24),
        "language": "pl",
        "now": NOW,
    }
    return operations.add_dedication(donor_id=donor_id, **{**typed, **given})


def receipt_context() -> dict[str, Any]:
    """What the mail about a settled donation is told."""
    return {
        "sum_minor": 37_000,
        "lines": [
            {"title": "Ciepła noc", "quantity": 2, "unit_minor": 18_500},
        ],
        "receipt_number": "2026/11/0007",
        "receipt_url": "https://store.example.org/pl/receipt/abcdef/",
        "thank_you_url": "https://store.example.org/pl/thank-you/ghijkl/",
    }


def queue_receipt(*, donor_id: int, key: str = "receipt:7", **given: Any) -> Mail:
    """A receipt mail in the outbox."""
    operations.queue_mail(
        **{
            "donor_id": donor_id,
            "kind": MailKind.RECEIPT,
            "key": key,
            "context": receipt_context(),
            "now": NOW,
            **given,
        }
    )
    return Mail.objects.get(key=key)


@dataclass(frozen=True)
class Asked:
    """A mail to sign in with, as its reader sees it, and the browser that asked."""

    token: str
    code: str
    browser: str


def ask_and_read(
    *,
    email: str = CANARY_EMAIL,
    browser: str | None = None,
    next_path: str = "",
    language: str = "pl",
    now: datetime = NOW,
) -> Asked:
    """Asks for a link, lets the mail be sent, and reads it."""
    browser = new_browser() if browser is None else browser
    ask_for_link(email=email, next_path=next_path, language=language, browser=browser, now=now)
    operations.sweep_sign_ins(now=now)
    operations.send_due_mails(now=now)
    body = django_mail.outbox[-1].body
    token, code = re.search(r"/sign-in/link/([\w-]+)/", body), re.search(r"^(\d{6})$", body, re.MULTILINE)
    assert token
    assert code
    return Asked(token=token[1], code=code[1], browser=browser)


GIVING_URL = "https://store.example.org/pl/my-giving/"
WARM_NIGHT = [{"title": "Ciepła noc", "quantity": 1, "unit_minor": 5_000}]
MAIL_CONTEXTS: dict[MailKind, dict[str, Any]] = {
    MailKind.RECEIPT: receipt_context(),
    MailKind.REFUND: {"refund_minor": 18_500, "sum_minor": 37_000, "receipt_number": "2026/000007"},
    MailKind.ECARD: {"recipient_name": "Bronisława", "giver_name": CANARY_NAME, "message": "Raz\nDwa"},
    MailKind.PAYMENT_FAILED: {"sum_minor": 37_000, "give_url": "https://store.example.org/pl/give/"},
    MailKind.STAFF_NOTICE: {"title": "A payment waits", "text": "One.", "url": "https://store.example.org/desk/"},
    MailKind.SIGN_IN: {"link_url": "https://store.example.org/pl/my-giving/sign-in/link/abc/", "code": "012345"},
    MailKind.MONTHLY_STARTED: {
        "sum_minor": 5_000,
        "interval": "month",
        "lines": WARM_NIGHT,
        "next_dates": ["2026-12-31", "2027-01-31", "2027-02-28"],
        "undo_url": "https://store.example.org/pl/monthly/undo/abc/",
        "manage_url": GIVING_URL,
    },
    MailKind.MONTHLY_CHANGED: {
        "what": "pause",
        "sum_minor": 5_000,
        "interval": "quarter",
        "next_dates": ["2027-03-31"],
        "paused_until": "2027-02-21",
        "manage_url": GIVING_URL,
    },
    MailKind.RENEWAL_FAILED: {
        "sum_minor": 5_000,
        "state": "retrying",
        "next_try_on": "2026-11-24",
        "mend_url": "https://store.example.org/pl/monthly/mend/abc/",
        "manage_url": GIVING_URL,
    },
    MailKind.CARD_EXPIRES: {"expires": "2026-12", "days": 30, "manage_url": GIVING_URL},
    MailKind.OCCASION: {
        "sum_minor": 5_000,
        "lines": WARM_NIGHT,
        "give_url": "https://store.example.org/pl/monthly/give/abc/",
        "skip_url": "https://store.example.org/pl/monthly/skip/abc/",
        "stop_url": "https://store.example.org/pl/monthly/stop/abc/",
    },
    MailKind.MONTHLY_ENDED: {"reason": "failed", "manage_url": GIVING_URL},
    MailKind.UPGRADE_OFFER: {
        "add_minor": 1_000,
        "sum_minor": 6_000,
        "url": "https://store.example.org/pl/monthly/more/abc/",
    },
    MailKind.YEARLY_STATEMENT: {"year": 2026, "sum_minor": 60_000, "url": GIVING_URL, "corrected": False},
    MailKind.GIFT_REDIRECTED: {
        "from_name": "Warmth at night",
        "to_name": "Surviving in the forest",
        "sum_minor": 5_000,
        "reason": "The season is over.",
        "clause": "What this need cannot use helps its area.",
    },
    MailKind.COUNTED_IN_REPORT: {
        "period": 202610,
        "areas": [{"name": "Surviving in the forest", "sum_minor": 5_000}],
        "report_url": "https://store.example.org/pl/reports/2026-10-r1/",
        "gift_url": GIVING_URL,
    },
    MailKind.REPORT_CORRECTED: {
        "period": 202610,
        "revision": 2,
        "reason": "An invoice was counted twice.",
        "report_url": "https://store.example.org/pl/reports/2026-10-r2/",
    },
    MailKind.ERASED: {"kept_until": "2032-01-01"},
}
"""What each kind of mail is told, at its fullest that is usual."""
