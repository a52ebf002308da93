"""Telling monthly donors, once a year, that their statement is ready; and all whom a correction concerns."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from core.periods import WARSAW
from donors.operations import queue_mail
from payments.models import Cursor, Donation, Statement
from payments.operations.statements.write import NothingGiven, yearly_statement
from payments.states import RECEIVED

BATCH = 500
CURSOR = "statement_mails"
FIRST_MAILED_ON_DAY = 8
"""Of January: what was refunded in the first days of the year is already in it."""


def mail_statements(*, now: datetime) -> int:
    """Make and mail last year's statements of those who give monthly, from the eighth of January on. Says how many.

    Who gave once is not written to months later: their mailbox may be read by others. May run twice or stop half-way:
    the cursor says how far it came, and a mail's key makes a second one nothing.
    """
    today = now.astimezone(WARSAW).date()
    year = today.year - 1
    if (today.month, today.day) < (1, FIRST_MAILED_ON_DAY):
        return 0
    cursor, _ = Cursor.objects.get_or_create(name=f"{CURSOR}:{year}", defaults={"value": "0", "moved_at": now})
    mailed = 0
    while batch := _next_donors(year=year, after=int(cursor.value)):
        for donor_id, donee_code, currency in batch:
            mailed += _mail_one(donor_id=donor_id, donee_code=donee_code, currency=currency, year=year, now=now)
        cursor.value, cursor.moved_at = str(batch[-1][0]), now
        cursor.save(update_fields=["value", "moved_at"])
    return mailed


def tell(*, statement: Statement, is_correction: bool, now: datetime) -> None:
    """Queue the mail about one statement. It says the year and the sum; the statement itself is behind the sign-in."""
    language = statement.donor.language
    with override(language):
        path = reverse("giving:statements")
    queue_mail(
        donor_id=statement.donor_id,
        kind="yearly_statement",
        key=f"statement:{statement.pk}",
        language=language,
        context={
            "year": statement.year,
            "sum_minor": statement.net_minor,
            "share_minor": statement.share_minor,
            "currency": statement.currency,
            "url": f"{settings.SITE_URL.rstrip('/')}{path}",
            "corrected": is_correction,
        },
        now=now,
    )


def _mail_one(*, donor_id: int, donee_code: str, currency: str, year: int, now: datetime) -> int:
    try:
        statement = yearly_statement(donor_id=donor_id, donee_code=donee_code, currency=currency, year=year, now=now)
    except NothingGiven:
        return 0
    tell(statement=statement, is_correction=False, now=now)
    return 1


def _next_donors(*, year: int, after: int) -> list[tuple[int, str, str]]:
    """The next monthly donors of the year by number, each with the donees they gave to and in which currency; whole donors
    only."""
    first = datetime(year, 1, 1, tzinfo=WARSAW)
    given = Donation.objects.filter(
        monthly_gift__isnull=False,
        state__in=RECEIVED,
        settled_at__gte=first,
        settled_at__lt=datetime(year + 1, 1, 1, tzinfo=WARSAW),
        donor__erased_at__isnull=True,
    )
    donors = list(
        given.filter(donor_id__gt=after).order_by("donor_id").values_list("donor_id", flat=True).distinct()[:BATCH]
    )
    told = given.filter(donor_id__in=donors, receipt__isnull=False)
    return sorted(set(told.values_list("donor_id", "receipt__donee__code", "currency")))
