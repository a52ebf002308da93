"""The mails as people read them: each kind, both languages."""

import re
from email import message_from_bytes
from email.policy import default as modern
from html.parser import HTMLParser

import pytest

from donors.mails.render import build_message, render_mail
from donors.models import MailKind
from tests.factories.donors import CANARY_NAME, MAIL_CONTEXTS, receipt_context

FORBIDDEN = re.compile(
    r"zamówieni|produkt|\bcen[aąęy]\b|\bkup|zbiórk|\border|\bproduct|\bprice|\bbuy|\bpurchase|odlicz|deduct",
    re.IGNORECASE,
)
VOID = {"meta", "br", "img", "hr", "link", "input"}


class Balanced(HTMLParser):
    """Notes tags that are closed in the wrong order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize(
    ("kind", "language", "subject", "says"),
    [
        (MailKind.RECEIPT, "pl", "Potwierdzenie 2026/11/0007", "Twoja darowizna w kwocie 370,00\u00a0zł dotarła."),
        (MailKind.RECEIPT, "en", "Confirmation 2026/11/0007", "Your donation of 370.00\u00a0zł has arrived."),
        (MailKind.REFUND, "pl", "Twoja płatność: zwrot", "Zwracamy 185,00\u00a0zł z Twojej darowizny"),
        (MailKind.REFUND, "en", "Your payment: a refund", "We have given back 185.00\u00a0zł of your donation"),
        (MailKind.ECARD, "pl", "Kartka dla Ciebie", f"{CANARY_NAME} przekazuje darowiznę i dedykuje ją Tobie."),
        (MailKind.ECARD, "en", "A card for you", f"{CANARY_NAME} made a donation and dedicated it to you."),
        (MailKind.PAYMENT_FAILED, "pl", "Płatność nie doszła do skutku", "Nie mamy z niej żadnych Twoich pieniędzy."),
        (MailKind.PAYMENT_FAILED, "en", "Your payment was not made", "We hold no money of yours from it."),
        (MailKind.STAFF_NOTICE, "pl", "A payment waits", "Nie wymienia żadnego darczyńcy"),
        (MailKind.STAFF_NOTICE, "en", "A payment waits", "It names no donor"),
    ],
)
def test_each_kind_says_what_it_must_in_text_and_html(kind, language, subject, says) -> None:
    mail = render_mail(kind=kind, language=language, context=MAIL_CONTEXTS[kind])
    assert mail.subject == subject
    assert says in mail.text
    assert says in mail.html
    assert f'<html lang="{language}">' in mail.html


def test_the_text_of_a_receipt_in_full() -> None:
    context = {**receipt_context(), "cover_fee_minor": 678, "sum_minor": 37_678, "donee_name": "Fundacja"}
    text = render_mail(kind=MailKind.RECEIPT, language="en", context=context).text
    assert text.replace("\u00a0", " ") == (
        "Thank you\n\n"
        "Your donation of 376.78 zł has arrived.\n\n"
        "- Ciepła noc × 2: 370.00 zł\n"
        "- Cost of the payment, covered by you: 6.78 zł\n"
        "Together: 376.78 zł\n\n"
        "Your confirmation (PDF):\n"
        "https://store.example.org/pl/receipt/abcdef/\n\n"
        "What happens next\n\n"
        "The donation now waits in the fund you chose. When it is spent, the report of that month says how much became"
        " help, on the strength of which documents, and what is still waiting.\n\n"
        "The page of your donation:\n"
        "https://store.example.org/pl/thank-you/ghijkl/\n\n"
        "For your taxes keep your bank's own confirmation of the payment together with ours.\n\n"
        "-- \n"
        "Store Without Borders\n"
        "Fundacja\n"
        "You receive this message because this address was given when the donation was made. There is nothing to"
        " unsubscribe from: we write only about this donation.\n"
    )


def test_a_full_refund_says_so() -> None:
    context = {"refund_minor": 37_000, "sum_minor": 37_000}
    text = render_mail(kind=MailKind.REFUND, language="en", context=context).text
    assert "your whole donation of 370.00\u00a0zł" in text


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("kind", sorted(set(MailKind) - {MailKind.STAFF_NOTICE}))
def test_a_subject_to_a_donor_is_neutral(kind, language) -> None:
    subject = render_mail(kind=kind, language=language, context=MAIL_CONTEXTS[kind]).subject.lower()
    assert not re.search(r"daro|dona|gift|\bfund|granic|border|\bzł|help|pomoc", subject)
    assert CANARY_NAME.lower() not in subject


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("kind", list(MailKind))
class TestEveryMail:
    def test_it_never_speaks_of_a_sale_nor_promises_a_deduction(self, kind, language) -> None:
        mail = render_mail(kind=kind, language=language, context=MAIL_CONTEXTS[kind])
        visible = re.sub(r"<[^>]*>", " ", mail.html) + mail.text + mail.subject
        assert not FORBIDDEN.findall(visible)

    def test_its_html_is_whole_and_loads_nothing_from_afar(self, kind, language) -> None:
        html = render_mail(kind=kind, language=language, context=MAIL_CONTEXTS[kind]).html
        parser = Balanced()
        parser.feed(html)
        assert (parser.wrong, parser.open) == ([], [])
        assert not re.search(r"<(img|link|script|iframe|form|style)\b|url\(|\bsrc=", html, re.IGNORECASE)
        assert len(html.encode()) < 100_000

    def test_what_was_typed_is_text_and_never_markup(self, kind, language) -> None:
        evil = '<script>alert("x")</script>{{ settings.SECRET_KEY }}'
        typed = {
            name: evil if isinstance(value, str) and not name.endswith("_url") else value
            for name, value in MAIL_CONTEXTS[kind].items()
        }
        mail = render_mail(kind=kind, language=language, context=typed)
        assert "<script" not in mail.html

    def test_no_header_can_be_broken_by_what_was_typed(self, kind, language) -> None:
        typed = {
            name: f"{value}\r\nBcc: everyone@example.org" if isinstance(value, str) else value
            for name, value in MAIL_CONTEXTS[kind].items()
        }
        rendered = render_mail(kind=kind, language=language, context=typed)
        sent = message_from_bytes(
            build_message(rendered=rendered, to="a@example.org", mail_id=7).message().as_bytes(), policy=modern
        )
        assert sent["Bcc"] is None
        assert "\n" not in str(sent["Subject"])
        assert sent["To"] == "a@example.org"
