"""A mail's texts: a pure function of kind, language and context."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from email.utils import parseaddr
from typing import Any

from babel.dates import format_date
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from donors.mails.contexts import OPTIONAL, REQUIRED
from donors.mails.words import CHANGES, ENDINGS, INTERVALS, word
from donors.models import MailKind

DAYS = ("paused_until", "next_try_on", "kept_until", "due_on", "ended_on")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True)
class RenderedMail:
    """One mail as three texts. Its repr is empty on purpose."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


def render_mail(
    *, kind: MailKind, language: str, context: Mapping[str, Any], unsubscribe_url: str = ""
) -> RenderedMail:
    """The texts of one mail in `language`. The subject is one line, whatever the context holds."""
    # Every name a template may ask for is there: Django logs the whole context beside a name it misses.
    unsaid = dict.fromkeys((*REQUIRED[kind], *OPTIONAL[kind]), "")
    facts = {**unsaid, "currency": "PLN", **context, "language": language, "unsubscribe_url": unsubscribe_url}
    with translation.override(language):
        facts |= _in_words(facts)
        subject = render_to_string(f"emails/{kind.value}.subject.txt", facts)
        text = render_to_string(f"emails/{kind.value}.txt", facts)
        html = render_to_string(f"emails/{kind.value}.html", facts)
    return RenderedMail(
        subject=" ".join(subject.split()), text=_BLANK_LINES.sub("\n\n", text).strip() + "\n", html=html
    )


def build_message(
    *, rendered: RenderedMail, to: str, mail_id: int, unsubscribe_url: str = ""
) -> EmailMultiAlternatives:
    """The message as it goes out. Its Message-ID depends on the mail alone, so that a repeated one is recognised.

    Auto-Submitted keeps out-of-office replies away (RFC 3834, 5). What can be turned off says so to mail programs, which
    then show a button of their own (RFC 2369, 3.2; RFC 8058, 3.1).
    """
    sender = settings.DEFAULT_FROM_EMAIL
    domain = parseaddr(sender)[1].rpartition("@")[2]
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": f"<mail.{mail_id}@{domain}>"}
    if unsubscribe_url:
        headers |= {"List-Unsubscribe": f"<{unsubscribe_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=sender,
        to=[to],
        headers=headers,
    )
    message.attach_alternative(rendered.html, "text/html")
    return message


def _in_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Codes, days and sums of lines as the reader of the language at hand says them."""
    told: dict[str, Any] = {"lines": _with_totals(facts.get("lines") or [])}
    told |= {name: _day(facts[name]) for name in DAYS if facts.get(name)}
    if "next_dates" in facts:
        told["next_dates"] = [_day(day) for day in facts["next_dates"] or []]
    told["interval_words"] = word(INTERVALS, facts.get("interval"))
    told["changed_words"] = word(CHANGES, facts.get("what"))
    told["ended_words"] = word(ENDINGS, facts.get("reason"))
    told["year_text"] = str(facts.get("year", ""))
    told["period_text"] = _months(facts.get("period"))
    year, _, month = str(facts.get("expires", "")).partition("-")
    told["expires"] = f"{month}/{year}" if month else year
    return told


def _day(iso: object) -> str:
    """A day in full, such as "21 November 2026"; empty for what is none."""
    try:
        day = date.fromisoformat(str(iso))
    except ValueError:
        return ""
    return str(format_date(day, format="d MMMM y", locale=(translation.get_language() or "pl").replace("-", "_")))


def _months(period: object) -> str:
    """A month in full, such as "November 2026", from 202611; a year from 2026."""
    digits = str(period or "")
    if len(digits) != 6:
        return digits
    month = date(int(digits[:4]), int(digits[4:]), 1)
    return str(format_date(month, format="LLLL y", locale=(translation.get_language() or "pl").replace("-", "_")))


def _with_totals(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**line, "total_minor": line["unit_minor"] * line["quantity"]} for line in lines]
