"""What staff tell the reports: which funds and months are a campaign, and what the whole organisation took in."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from core import trail
from core.models import User
from core.periods import period_start
from core.text import clean_line
from core.trail import ReasonMissing
from ledger.accounts import ADMIN
from ledger.models import Fund
from transparency.models import Campaign, OrganisationIncome

LONGEST_REASON = 500
LONGEST_NAME = 80
LONGEST_SOURCE = 200
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
LONGEST_CODE = 24
LIKE_A_REVISION = re.compile(r"(^|-)r[0-9]+$", re.ASCII)
"""Such a code's lasting address would be another campaign's revision."""


class CampaignTaken(Exception):
    """There is a campaign of that code. Expected: a campaign never changes, so another scope needs another code."""


class BadCampaign(ValueError):
    """Its code, months or funds can't be. Expected: somebody mistyped. `what` is "code", "name", "months" or "funds"."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def define_campaign(
    *,
    code: str,
    name_pl: str,
    name_en: str,
    first_period: int,
    last_period: int,
    funds: Sequence[str],
    actor: User,
    reason: str,
    now: datetime,
) -> Campaign:
    """A campaign of whole months and of funds that donors give to. It stays as it is. Raises CampaignTaken, BadCampaign,
    ReasonMissing, core.text.TextError.
    """
    said = clean_line(reason, max_length=LONGEST_REASON)
    if not said:
        raise ReasonMissing("campaign.define")
    names = {"pl": clean_line(name_pl, max_length=LONGEST_NAME), "en": clean_line(name_en, max_length=LONGEST_NAME)}
    if len(code) > LONGEST_CODE or not CODE.fullmatch(code) or LIKE_A_REVISION.search(code):
        raise BadCampaign("code")
    if not all(names.values()):
        raise BadCampaign("name")
    _check_months(first_period, last_period)
    wanted = sorted(set(funds))
    if not wanted or ADMIN in wanted or Fund.objects.filter(code__in=wanted).count() != len(wanted):
        raise BadCampaign("funds")
    with transaction.atomic():
        campaign, created = Campaign.objects.get_or_create(
            code=code,
            defaults={
                "name": names,
                "first_period": first_period,
                "last_period": last_period,
                "funds": wanted,
                "made_by": actor,
                "made_at": now,
                "reason": said,
            },
        )
        if not created:
            raise CampaignTaken(code)
        facts = {"code": code, "first": first_period, "last": last_period, "funds": wanted}
        trail.record(
            actor=actor, act="campaign.define", subject=f"campaign:{campaign.pk}", reason=said, now=now, facts=facts
        )
    return campaign


def enter_income(
    *, year: int, income_minor: int, source: str, actor: User, reason: str, now: datetime
) -> OrganisationIncome:
    """The income of the whole organisation in a year, in grosze, and where the figure stands. A later one takes its place.

    Raises ReasonMissing, core.text.TextError.
    """
    said = clean_line(reason, max_length=LONGEST_REASON)
    where = clean_line(source, max_length=LONGEST_SOURCE)
    if not said or not where:
        raise ReasonMissing("income.enter")
    with transaction.atomic():
        income = OrganisationIncome.objects.create(
            year=year, income_minor=income_minor, source=where, entered_by=actor, entered_at=now
        )
        facts = {"year": year, "income_minor": income_minor, "source": where}
        trail.record(actor=actor, act="income.enter", subject=f"income:{income.pk}", reason=said, now=now, facts=facts)
    return income


def _check_months(first: int, last: int) -> None:
    try:
        in_order = period_start(first) <= period_start(last)
    except ValueError as refusal:
        raise BadCampaign("months") from refusal
    if not in_order:
        raise BadCampaign("months")
