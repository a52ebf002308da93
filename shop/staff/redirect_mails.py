"""Telling donors that a part of what they gave goes on: in batches, each mail once, finished by the sweeper."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy, override

from aid_packages.models import Redirect, RedirectReason
from aid_packages.operations import mark_told
from aid_packages.queries import free_target, fund_titles
from aid_packages.queries.funding import season_begins
from aid_packages.queries.redirects import not_told
from core.money import split_by_largest_remainder
from core.periods import WARSAW
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

_OF_A_NEED = {
    RedirectReason.OVER_FUNDED: gettext_lazy("more was given to this need than its goal for the season."),
    RedirectReason.ENDED: gettext_lazy("the season of this need is over."),
}
_OF_AN_AREA = {
    RedirectReason.OVER_FUNDED: gettext_lazy("more was given to this area than its needs can use."),
    RedirectReason.ENDED: gettext_lazy("the seasons of all needs of this area are over."),
}


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
    redirect = Redirect.objects.select_related("need", "area", "clause").get(pk=redirect_id)
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

    Money in a fund is pooled: the part is by what each gave for it this season, not by which złoty went on. What came to an
    area from its needs is its needs' donors': they hear of the second step too.
    """
    given = _given(redirect)
    total = min(redirect.amount_minor, sum(one.share_minor for one in given))
    parts = split_by_largest_remainder(total=total, weights=[one.share_minor for one in given]) if given else []
    return [replace(one, share_minor=part) for one, part in zip(given, parts, strict=True) if part > 0]


def _given(redirect: Redirect) -> list[Concerned]:
    """Who gave how much of what the redirect found in the fund: to the fund itself, or to one that was redirected there."""
    begins = season_begins(redirect.source, day=redirect.proposed_at.astimezone(WARSAW).date())
    since = begins.year * 100 + begins.month
    facts = {"gifts": fund_account(redirect.from_fund, FundUse.GIFTS), "since": since, "before": redirect.entry_id}
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, facts)
        found = {donor: Concerned(donor, language, int(weight)) for donor, language, weight in cursor.fetchall()}
    earlier = Redirect.objects.filter(
        to_fund=redirect.from_fund, entry__period__gte=since, entry_id__lt=redirect.entry_id
    ).select_related("need", "area")
    for below in earlier.order_by("pk"):
        for one in concerned(below):
            known = found.get(one.donor_id)
            share = one.share_minor + (known.share_minor if known else 0)
            found[one.donor_id] = replace(known or one, share_minor=share)
    return [found[donor] for donor in sorted(found)]


def _key(redirect: Redirect, one: Concerned) -> str:
    return f"redirect:{redirect.pk}:{one.donor_id}"


def _queue(redirect: Redirect, one: Concerned, *, key: str, now: datetime) -> None:
    titles = fund_titles(language=one.language)
    with override(one.language):
        reason = (_OF_AN_AREA if redirect.area_id else _OF_A_NEED)[RedirectReason(redirect.reason_code)]
        clause = _clause_seen(redirect, one.language)
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
            "reason": str(reason),
            "clause": clause,
        },
        now=now,
    )


def _clause_seen(redirect: Redirect, language: str) -> str:
    """What was said before paying: the need's clause, or the sentence that stands beside every gift to an area."""
    if redirect.area is None:
        return in_language(redirect.clause.text, language)
    return free_target(code=redirect.area.code).fallback
