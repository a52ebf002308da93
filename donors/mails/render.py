"""A mail's texts: a pure function of kind, language and context."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from donors.mails.contexts import OPTIONAL, REQUIRED
from donors.models import MailKind

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True)
class RenderedMail:
    """One mail as three texts. Its repr is empty on purpose."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


def render_mail(*, kind: MailKind, language: str, context: Mapping[str, Any]) -> RenderedMail:
    """The texts of one mail in `language`. The subject is one line, whatever the context holds."""
    # Every name a template may ask for is there: Django logs the whole context beside a name it misses.
    unsaid = dict.fromkeys((*REQUIRED[kind], *OPTIONAL[kind]), "")
    lines = _with_totals(context.get("lines") or [])
    facts = {**unsaid, "currency": "PLN", **context, "language": language, "lines": lines}
    with translation.override(language):
        subject = render_to_string(f"emails/{kind.value}.subject.txt", facts)
        text = render_to_string(f"emails/{kind.value}.txt", facts)
        html = render_to_string(f"emails/{kind.value}.html", facts)
    return RenderedMail(
        subject=" ".join(subject.split()), text=_BLANK_LINES.sub("\n\n", text).strip() + "\n", html=html
    )


def build_message(*, rendered: RenderedMail, to: str, mail_id: int) -> EmailMultiAlternatives:
    """The message as it goes out. Its Message-ID depends on the mail alone, so that a repeated one is recognised.

    Auto-Submitted keeps out-of-office replies away (RFC 3834, 5).
    """
    sender = settings.DEFAULT_FROM_EMAIL
    domain = parseaddr(sender)[1].rpartition("@")[2]
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=sender,
        to=[to],
        headers={"Auto-Submitted": "auto-generated", "Message-ID": f"<mail.{mail_id}@{domain}>"},
    )
    message.attach_alternative(rendered.html, "text/html")
    return message


def _with_totals(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**line, "total_minor": line["unit_minor"] * line["quantity"]} for line in lines]
