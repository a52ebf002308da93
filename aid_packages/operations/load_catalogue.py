"""Loading a catalogue file: clause, areas, needs, regions, partners, packages, and the funds they stand for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from django.db import models, transaction

from aid_packages.models import Agreement, AidPackage, Area, ClauseVersion, ItemKind, Need, NeedState, Partner, Region
from aid_packages.operations.catalogue_file import CatalogueInvalid, read_catalogue
from aid_packages.operations.funds import open_catalogue_funds
from aid_packages.operations.publish_package import NewItem, publish_package
from core.texts import Texts
from ledger.operations import open_partner

Row = TypeVar("Row", bound=models.Model)

REASON = "loaded from the catalogue file"


@dataclass(frozen=True)
class Loaded:
    """What a load found and what it changed, by the noun's name."""

    found: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)


class _Tally:
    """Counts rows as they are kept."""

    def __init__(self) -> None:
        self.loaded = Loaded()

    def count(self, noun: str, changed: bool) -> None:
        self.loaded.found[noun] = self.loaded.found.get(noun, 0) + 1
        self.loaded.changed[noun] = self.loaded.changed.get(noun, 0) + changed

    def keep(self, model: type[Row], key: str, value: object, **wanted: object) -> Row:
        """The row of `model` whose `key` is `value`, made or changed to what is wanted."""
        row = model._default_manager.filter(**{key: value}).first() or model(**{key: value})
        changed = row.pk is None or any(getattr(row, name) != member for name, member in wanted.items())
        if changed:
            for name, member in wanted.items():
                setattr(row, name, member)
            row.save()
        self.count(model.__name__, changed)
        return row


@transaction.atomic
def load_catalogue(*, path: Path, now: datetime) -> Loaded:
    """Brings the database to what the file says, and can be run again. Needs open books (GENERAL).

    What the file no longer names stays as it is: gifts were given to it. Raises CatalogueInvalid (with every fault,
    nothing written) and OSError.
    """
    content = read_catalogue(path=path)
    tally = _Tally()
    clause = _keep_clause(tally, content["clause"])
    opened = open_catalogue_funds(areas=content["areas"], needs=content["needs"], now=now)
    tally.loaded.found["Fund"] = len(content["areas"]) + len(content["needs"])
    tally.loaded.changed["Fund"] = opened
    areas = {
        row["code"]: tally.keep(
            Area, "code", row["code"], title=_texts(row, "title"), summary=_texts(row, "summary"), position=position
        )
        for position, row in enumerate(content["areas"], start=1)
    }
    needs = {
        row["code"]: _keep_need(tally, row, area=areas[row["area"]], clause=clause, position=position)
        for position, row in enumerate(content["needs"], start=1)
    }
    for position, row in enumerate(content["regions"], start=1):
        tally.keep(Region, "code", row["code"], title=_both(row), position=position)
    for row in content["partners"]:
        _keep_partner(tally, row, areas=areas, now=now)
    for position, row in enumerate(content["packages"], start=1):
        source = content["unit_cost_source"]
        _package, changed = _keep_package(row, need=needs[row["need"]], source=source, position=position, now=now)
        tally.count("AidPackage", changed)
    return tally.loaded


def _both(row: Mapping[str, Any]) -> Texts:
    return {"pl": row["pl"], "en": row["en"]}


def _texts(row: Mapping[str, Any], name: str) -> Texts:
    return {"pl": row["pl"][name], "en": row["en"][name]}


def _keep_clause(tally: _Tally, row: Mapping[str, Any]) -> ClauseVersion:
    standing = ClauseVersion.objects.filter(number=row["number"]).first()
    if standing and standing.text != _both(row):
        raise CatalogueInvalid(
            [f"clause: number {row['number']} has other words already; new words need the next number"]
        )
    day = date.fromisoformat(row["in_force_from"])
    return tally.keep(ClauseVersion, "number", row["number"], text=_both(row), in_force_from=day)


def _keep_need(tally: _Tally, row: Mapping[str, Any], *, area: Area, clause: ClauseVersion, position: int) -> Need:
    return tally.keep(
        Need,
        "code",
        row["code"],
        area=area,
        clause=clause,
        fund_code=row["code"].upper(),
        urgency=row["urgency"],
        state=NeedState(row.get("state", _standing_state(row["code"]))),
        season_from=date.fromisoformat(row["season"]["from"]),
        season_to=date.fromisoformat(row["season"]["to"]),
        goal_minor=row["goal"],
        title=_texts(row, "title"),
        summary=_texts(row, "summary"),
        body={language: row[language]["body"].strip() for language in ("pl", "en")},
        illustration=row.get("illustration", row["code"]),
        position=position,
    )


def _standing_state(code: str) -> NeedState:
    """What staff decided stands where the file says nothing: an ended need is not opened again by loading a file."""
    ended = Need.objects.filter(code=code, state=NeedState.ENDED).exists()
    return NeedState.ENDED if ended else NeedState.OPEN


def _keep_partner(tally: _Tally, row: Mapping[str, Any], *, areas: Mapping[str, Area], now: datetime) -> None:
    partner = tally.keep(Partner, "code", row["code"], name=row["name"])
    wanted = {areas[code] for code in row["areas"]}
    if set(partner.areas.all()) != wanted:
        partner.areas.set(wanted)
    open_partner(partner_code=row["code"])
    if "agreement" in row:
        _keep_agreement(tally, row["agreement"], partner=partner, areas=row["areas"], now=now)


def _keep_agreement(
    tally: _Tally, row: Mapping[str, Any], *, partner: Partner, areas: Sequence[str], now: datetime
) -> None:
    """What was signed is never rewritten: the same number again has to say the same."""
    signed = {
        "signed_on": date.fromisoformat(row["signed"]),
        "first_day": date.fromisoformat(row["from"]),
        "last_day": date.fromisoformat(row["to"]),
        "areas": sorted(areas),
        "cap_minor": row.get("cap"),
        "may_be_named": row["may_be_named"],
    }
    agreement, made = Agreement.objects.get_or_create(
        partner=partner,
        number=row["number"],
        defaults={**signed, "recorded_at": now, "request_key": f"catalogue:{partner.code}:{row['number']}"},
    )
    if any(getattr(agreement, name) != value for name, value in signed.items()):
        raise CatalogueInvalid(
            [f"partners[{partner.code}].agreement: number {row['number']} says something else already; agree anew"]
        )
    tally.count("Agreement", made)


def _keep_package(
    row: Mapping[str, Any], *, need: Need, source: Mapping[str, Any], position: int, now: datetime
) -> tuple[AidPackage, bool]:
    return publish_package(
        sku=row["sku"],
        need=need,
        title=_texts(row, "title"),
        summary=_texts(row, "summary"),
        amount_minor=row["amount"],
        items=[_item(item, item.get("source", source)) for item in row["items"]],
        limit_per_order=row["limit_per_order"],
        illustration=row.get("illustration", row["sku"].lower()),
        public=row.get("public", True),
        position=position,
        actor=None,
        reason=REASON,
        now=now,
    )


def _item(row: Mapping[str, Any], source: Mapping[str, Any]) -> NewItem:
    kind = ItemKind(row["kind"])
    return NewItem(
        kind=kind,
        title=_both(row),
        quantity=row["quantity"],
        unit_cost_minor=row["unit_cost"],
        source=_both(source),
        source_date=date.fromisoformat(source["date"]),
        is_estimate=row.get("estimate", kind is ItemKind.PAYMENT),
    )
