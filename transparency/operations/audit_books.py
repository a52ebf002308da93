"""The hourly look at every promise of the books; staff are told of what is broken."""

import logging
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext, ngettext, override

from core.periods import WARSAW
from donors.operations import queue_mail
from ledger import audit

logger = logging.getLogger(__name__)


def audit_books(*, now: datetime) -> audit.AuditResult:
    """Checks every promise, logs what was found, and tells staff once a day. Findings name rows and sums, never people."""
    result = audit.run_on_snapshot()
    logger.info("audit.done", extra={"checks": len(result.checked), "findings": len(result.findings)})
    for finding in result.findings:
        logger.error("audit.broken", extra={"promise": finding.number, "finding": str(finding)})
    if result.findings and settings.STAFF_EMAIL:
        _tell_staff(result.findings, now=now)
    return result


def _tell_staff(findings: list[audit.Finding], *, now: datetime) -> None:
    language = settings.LANGUAGE_CODE
    numbers = ", ".join(str(number) for number in sorted({finding.number for finding in findings}))
    with override(language):
        title = gettext("The audit of the books found a broken promise")
        text = ngettext(
            "%(count)s finding, promise %(numbers)s. The command audit_ledger names it.",
            "%(count)s findings, promises %(numbers)s. The command audit_ledger names each.",
            len(findings),
        ) % {"count": len(findings), "numbers": numbers}
    queue_mail(
        address=settings.STAFF_EMAIL,
        kind="staff_notice",
        key=f"audit:{now.astimezone(WARSAW).date().isoformat()}",
        language=language,
        context={"title": title, "text": text},
        now=now,
    )
