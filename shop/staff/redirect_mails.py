"""Telling donors that a part of what they gave goes on: in batches, each mail once, finished by the sweeper."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from aid_packages.models import Redirect, RedirectReason
from aid_packages.operations import mark_told
from aid_packages.queries import fund_titles
from aid_packages.queries.funding import season_period
from aid_packages.queries.redirects import not_told
from core.money import split_by_largest_remainder
from core.texts import in_language
from donors.models import Mail, MailKind
from donors.operations import queue_mail
from ledger.accounts import fund_account
from ledger.models import FundUse

BATCH = 200

# Whose gifts the redirect found in the fund: booked before it and since the season began, less what went back.
_CONCERNED = """
SELECT donation.donor_id, min(donation.language),
       sum(-posting.amount_minor * (donation.gross_minor - donation.refunded_minor) / donation.gross_minor)::bigint
  FROM ledger_journalentry entry
  JOIN ledger_posting posting ON posting.entry_id = entry.id
  JOIN ledger_account account ON account.id = posting.account_id AND account.code = %(gifts)s
  JOIN payments_charge charge ON charge.ref = substring(entry.reference FROM 6)
  JOIN payments_donation donation ON donation.id = charge.donation_id
 WHERE entry.kind = 'gift' AND entry.reference LIKE 'gift:%%'
   AND entry.period >= %(since)s AND entry.id < %(before)s AND donation.state <> 'lost'
 GROUP BY 1
HAVING sum(-posting.amount_minor * (donation.gross_minor - donation.refunded_minor) / donation.gross_minor) > 0
 ORDER BY 1
"""


@dataclass(frozen=True)
class Concerned:
    """A donor whose gifts a redirect concerns, and the part of it that falls on them, in grosze."""

    donor_id: int
    language: str
    share_minor: int


def tell_of_redirect(*, redirect_id: int, now: datetime) -> int:
    """Puts a mail for each donor concerned into the outbox; gives how many donors that are. May run twice, or be stopped.

    A mail's key names redirect and donor, so each is told once; a batch is one database transaction. Donors without an
    address, and those who were erased, are passed over.
    """
    redirect = Redirect.objects.select_related("need", "clause").get(pk=redirect_id)
    if redirect.entry_id is None or hasattr(redirect, "told"):
        return 0
    everybody = concerned(redirect)
    for start in range(0, len(everybody), BATCH):
        batch = everybody[start : start + BATCH]
        keys = {_key(redirect, one): one for one in batch}
        queued = set(Mail.objects.filter(key__in=keys).values_list("key", flat=True))
        with transaction.atomic():
            for key, one in keys.items():
                if key not in queued:
                    _queue(redirect, one, key=key, now=now)
    mark_told(redirect_id=redirect.pk, donors=len(everybody), now=now)
    return len(everybody)


def sweep_redirects(*, now: datetime) -> None:
    """Tells of every booked redirect whose hint was lost, or whose telling was cut short."""
    for redirect_id in not_told():
        tell_of_redirect(redirect_id=redirect_id, now=now)


def concerned(redirect: Redirect) -> list[Concerned]:
    """The donors concerned, with their parts of the sum by largest remainder; whoever's part is nothing is not asked.

    Money in a fund is pooled: the part is by what each gave to the need this season, not by which złoty went on.
    """
    facts = {
        "gifts": fund_account(redirect.from_fund, FundUse.GIFTS),
        "since": season_period(redirect.need),
        "before": redirect.entry_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, facts)
        rows = cursor.fetchall()
    given = [int(weight) for _donor, _language, weight in rows]
    total = min(redirect.amount_minor, sum(given))
    parts = split_by_largest_remainder(total=total, weights=given) if rows else []
    return [
        Concerned(donor_id, language, part)
        for (donor_id, language, _weight), part in zip(rows, parts, strict=True)
        if part > 0
    ]


def _key(redirect: Redirect, one: Concerned) -> str:
    return f"redirect:{redirect.pk}:{one.donor_id}"


def _queue(redirect: Redirect, one: Concerned, *, key: str, now: datetime) -> None:
    titles = fund_titles(language=one.language)
    with override(one.language):
        reason = {
            RedirectReason.OVER_FUNDED: _("more was given to this need than its goal for the season."),
            RedirectReason.ENDED: _("the season of this need is over."),
        }[RedirectReason(redirect.reason_code)]
    queue_mail(
        kind=MailKind.GIFT_REDIRECTED,
        key=key,
        donor_id=one.donor_id,
        language=one.language,
        context={
            "from_name": titles.get(redirect.from_fund, redirect.from_fund),
            "to_name": titles.get(redirect.to_fund, redirect.to_fund),
            "sum_minor": one.share_minor,
            "currency": "PLN",
            "reason": reason,
            "clause": in_language(redirect.clause.text, one.language),
        },
        now=now,
    )
