"""Names for codes, in a language: what reports and the staff's desk print beside figures."""

from django.db.models import OuterRef, Subquery
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from aid_packages.models import Agreement, Area, Need, Partner, Region
from core.texts import in_language


def fund_titles(*, language: str | None = None) -> dict[str, str]:
    """Fund code -> title, for every fund of an area or need, GENERAL and ADMIN. Two queries."""
    with override(language or get_language()):
        titles = {"GENERAL": _("Where it is needed most"), "ADMIN": _("Running costs")}
    titles |= {area.fund_code: in_language(area.title, language) for area in Area.objects.all()}
    titles |= {need.fund_code: in_language(need.title, language) for need in Need.objects.all()}
    return titles


def partner_names(*, language: str | None = None) -> dict[str, str]:
    """Partner code -> what the public may call it: its name, or "Partner B" where it asked not to be named. One query.

    The word of the partner's newest agreement counts; without an agreement nobody is named. The letter is the partner's
    place among all partners that ever were, so it stays the same.
    """
    newest = Agreement.objects.filter(partner=OuterRef("pk")).order_by("-id").values("may_be_named")[:1]
    rows = Partner.objects.annotate(named=Subquery(newest)).order_by("pk").values_list("code", "name", "named")
    with override(language or get_language()):
        return {
            code: name if named else _("Partner %(letter)s") % {"letter": _letter(place)}
            for place, (code, name, named) in enumerate(rows)
        }


def unnamed_partners() -> dict[str, str]:
    """Partner code -> a code that says nothing ("PARTNER-B"), for those who asked not to be named. One query.

    A partner's own code is often made of its name, so it is no more for the public than the name is.
    """
    newest = Agreement.objects.filter(partner=OuterRef("pk")).order_by("-id").values("may_be_named")[:1]
    rows = Partner.objects.annotate(named=Subquery(newest)).order_by("pk").values_list("code", "named")
    return {code: f"PARTNER-{_letter(place)}" for place, (code, named) in enumerate(rows) if not named}


def partner_names_at_desk() -> dict[str, str]:
    """Partner code -> name, for staff only. One query."""
    return dict(Partner.objects.values_list("code", "name"))


def _letter(place: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def region_titles(*, language: str | None = None) -> dict[str, str]:
    """Region code -> title. One query."""
    return {region.code: in_language(region.title, language) for region in Region.objects.all()}
