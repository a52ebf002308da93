"""Naming what is handed on or done, and tying it to what packages planned for it."""

import re
from datetime import datetime

from django.db import transaction

from aid_packages.deliveries.models import AidItem, AidKind, PlannedCost, Unit
from aid_packages.deliveries.operations.notes import note
from aid_packages.models import PackageItem
from aid_packages.operations.refusals import require_reason
from core.models import User
from core.text import clean_line
from ledger.operations import hold_for_posting


class ItemTaken(ValueError):
    """The code stands for another item already. Expected."""

    def __init__(self, *, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadItemCode(ValueError):
    """A code that is not made of small letters, digits and hyphens. Expected."""


class TitleMissing(ValueError):
    """An item without a name in Polish or in English. Expected."""


class NoSuchPart(LookupError):
    """The package has no such line. Expected: it may have been published anew."""


CODE = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)


@transaction.atomic
def name_item(
    *, code: str, kind: AidKind, unit: Unit, title_pl: str, title_en: str, actor: User, reason: str, now: datetime
) -> AidItem:
    """Adds an item. The same again changes nothing. Raises ItemTaken, BadItemCode, TitleMissing, TextError, ReasonMissing."""
    reason = require_reason(reason)
    if not CODE.fullmatch(code):
        raise BadItemCode(code)
    title = {"pl": clean_line(title_pl, max_length=120), "en": clean_line(title_en, max_length=120)}
    if not all(title.values()):
        raise TitleMissing(code)
    hold_for_posting()
    wanted = {"kind": kind, "unit": unit, "title": title}
    item, made = AidItem.objects.get_or_create(code=code, defaults=wanted)
    if not made:
        if any(getattr(item, name) != value for name, value in wanted.items()):
            raise ItemTaken(code=code)
        return item
    note(subject=f"aid_item:{item.pk}", act="aid_item.named", actor=actor, reason=reason, now=now, code=code)
    return item


@transaction.atomic
def tie_to_package(*, item: AidItem, sku: str, part: str, actor: User, reason: str, now: datetime) -> PlannedCost:
    """Says that a package's line (by its Polish title) is this item, and keeps what it costs by plan now.

    Raises NoSuchPart, ReasonMissing.
    """
    reason = require_reason(reason)
    hold_for_posting()
    line = PackageItem.objects.filter(package__sku=sku, title__pl=part).first()
    if line is None:
        raise NoSuchPart(sku)
    planned = _keep(item=item, sku=sku, part=part, unit_cost_minor=line.unit_cost_minor)
    note(subject=f"aid_item:{item.pk}", act="aid_item.tied", actor=actor, reason=reason, now=now, sku=sku)
    return planned


@transaction.atomic
def untie(*, item: AidItem, sku: str, actor: User, reason: str, now: datetime) -> None:
    """Ends the comparison of an item with a package's plan. Raises ReasonMissing."""
    reason = require_reason(reason)
    hold_for_posting()
    latest = PlannedCost.objects.filter(item=item, sku=sku).order_by("-id").first()
    if latest is None or latest.unit_cost_minor is None:
        return
    PlannedCost.objects.create(item=item, sku=sku, part=latest.part, unit_cost_minor=None)
    note(subject=f"aid_item:{item.pk}", act="aid_item.untied", actor=actor, reason=reason, now=now, sku=sku)


def refresh_plan(*, item: AidItem) -> None:
    """Keeps what packages plan for the item now, where that has changed: called when something of it is bought."""
    latest = {row.sku: row for row in PlannedCost.objects.filter(item=item).order_by("id")}
    for sku, row in latest.items():
        if row.unit_cost_minor is None:
            continue
        line = PackageItem.objects.filter(package__sku=sku, title__pl=row.part).first()
        _keep(item=item, sku=sku, part=row.part, unit_cost_minor=line.unit_cost_minor if line else None)


def _keep(*, item: AidItem, sku: str, part: str, unit_cost_minor: int | None) -> PlannedCost:
    latest = PlannedCost.objects.filter(item=item, sku=sku).order_by("-id").first()
    if latest is not None and (latest.part, latest.unit_cost_minor) == (part, unit_cost_minor):
        return latest
    return PlannedCost.objects.create(item=item, sku=sku, part=part, unit_cost_minor=unit_cost_minor)
