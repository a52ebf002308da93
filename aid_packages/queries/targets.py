"""Where a free sum can go: a need, an area, or where it is needed most."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from aid_packages.models import Area, Giving, Need
from aid_packages.queries.cards import giving_note
from aid_packages.queries.day import warsaw_day
from core.texts import in_language

NEEDED_MOST = "GENERAL"
"""The code, and the fund, of gifts without a chosen purpose."""


@dataclass(frozen=True)
class FreeTarget:
    """Where a free sum goes, in the donor's language."""

    code: str
    fund_code: str
    title: str
    fallback: str
    """What happens to money that can't be used there, as shown before paying."""
    redirected_from: str = ""
    """The title of the need that was asked for, when it can't be given to and its area stands in; else empty."""
    note: str = ""
    """Why, in a sentence; empty when nothing was redirected."""


@dataclass(frozen=True)
class TargetGroup:
    """An area with its needs, as the choices of a form."""

    area: FreeTarget
    needs: tuple[FreeTarget, ...]


class UnknownTarget(LookupError):
    """No need or area of that name. Expected: an address may be old or mistyped."""

    def __init__(self, code: str) -> None:
        super().__init__(f"nothing to give to under {code!r}")
        self.code = code


def free_target(*, code: str, now: datetime | None = None) -> FreeTarget:
    """The target of a free sum by the code of a need, an area, or GENERAL. At most two queries.

    A need that can't be given to now is redirected to its area, under the clause. Raises UnknownTarget.
    """
    if code.upper() == NEEDED_MOST:
        return _needed_most()
    need = Need.objects.select_related("area", "clause").filter(code=code.lower()).first()
    if need is not None:
        return _need_target(need, giving=need.giving_on(warsaw_day(now)))
    area = Area.objects.filter(code=code.upper()).first()
    if area is None:
        raise UnknownTarget(code)
    return _area_target(area)


def free_choices(*, now: datetime | None = None) -> tuple[TargetGroup, ...]:
    """Every area with the needs that can be given to now, for a form; GENERAL is not among them. One query each."""
    day = warsaw_day(now)
    needs: dict[int, list[FreeTarget]] = {}
    for need in Need.objects.select_related("area", "clause"):
        if need.giving_on(day) is Giving.OPEN:
            needs.setdefault(need.area_id, []).append(_need_target(need, giving=Giving.OPEN))
    return tuple(
        TargetGroup(area=_area_target(area), needs=tuple(needs.get(area.pk, ()))) for area in Area.objects.all()
    )


def _needed_most() -> FreeTarget:
    return FreeTarget(
        code=NEEDED_MOST,
        fund_code=NEEDED_MOST,
        title=_("Where it is needed most"),
        fallback=_("We use it where it is needed most at the time, and say where in the report."),
    )


def _area_target(area: Area) -> FreeTarget:
    return FreeTarget(
        code=area.code,
        fund_code=area.fund_code,
        title=in_language(area.title),
        fallback=_("If this area receives more than can be spent on it, what is left helps where it is needed most."),
    )


def _need_target(need: Need, *, giving: Giving) -> FreeTarget:
    if giving is Giving.OPEN:
        return FreeTarget(
            code=need.code,
            fund_code=need.fund_code,
            title=in_language(need.title),
            fallback=in_language(need.clause.text),
        )
    area = _area_target(need.area)
    return FreeTarget(
        code=area.code,
        fund_code=area.fund_code,
        title=area.title,
        fallback=area.fallback,
        redirected_from=in_language(need.title),
        note=giving_note(giving, area_title=area.title),
    )
