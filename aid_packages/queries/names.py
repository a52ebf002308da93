"""Names for codes, in a language: what reports and the staff's desk print beside figures."""

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from aid_packages.models import Area, Need, Partner, Region
from core.texts import in_language


def fund_titles(*, language: str | None = None) -> dict[str, str]:
    """Fund code -> title, for every fund of an area or need, GENERAL and ADMIN. Two queries."""
    with override(language or get_language()):
        titles = {"GENERAL": _("Where it is needed most"), "ADMIN": _("Running costs")}
    titles |= {area.fund_code: in_language(area.title, language) for area in Area.objects.all()}
    titles |= {need.fund_code: in_language(need.title, language) for need in Need.objects.all()}
    return titles


def partner_names() -> dict[str, str]:
    """Partner code -> name. One query."""
    return dict(Partner.objects.values_list("code", "name"))


def region_titles(*, language: str | None = None) -> dict[str, str]:
    """Region code -> title. One query."""
    return {region.code: in_language(region.title, language) for region in Region.objects.all()}
