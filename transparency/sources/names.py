"""What things are called on the day of the mark. Names may be edited later; a report keeps those it was made with."""

from typing import Any

from django.conf import settings

from aid_packages.queries import fund_titles, partner_names, region_titles
from ledger.models import Account, Donee, Fund
from transparency.figures.material import Names
from transparency.sources.aid import aliases, need_facts

SPOKEN = ("pl", "en")


def read_names() -> Names:
    """Names of the donee, of every fund (with its place in the tree), partner and region, in each language; the codes of
    partners that asked not to be named; what each need is to reach.
    """
    titles = {language: fund_titles(language=language) for language in SPOKEN}
    regions = {language: region_titles(language=language) for language in SPOKEN}
    funds: dict[str, Any] = {
        code: {
            "name": {language: titles[language].get(code, code) for language in SPOKEN},
            "parent": parent,
            "restriction": restriction,
        }
        for code, parent, restriction in Fund.objects.values_list("code", "parent__code", "restriction")
    }
    return {
        "donee": _donee(),
        "funds": funds,
        "partners": _partners(),
        "aliases": aliases(),
        "needs": need_facts(),
        "regions": {code: {language: regions[language][code] for language in SPOKEN} for code in regions["pl"]},
    }


def _partners() -> dict[str, dict[str, str]]:
    named = {language: partner_names(language=language) for language in SPOKEN}
    codes = sorted(_codes_of_partners().keys() | named["pl"].keys())
    return {code: {language: named[language].get(code, code) for language in SPOKEN} for code in codes}


def _codes_of_partners() -> dict[str, str]:
    """Whoever has an account of advances, by code: one without a name yet is called by it."""
    codes = Account.objects.exclude(partner_code="").values_list("partner_code", flat=True).distinct()
    return {code: code for code in codes}


def _donee() -> dict[str, str]:
    donee = Donee.objects.order_by("pk").first()
    if donee is None:
        return {"code": "", **{key: str(settings.DONEE[key]) for key in ("name", "krs", "nip")}}
    return {"code": donee.code, "name": donee.name, "krs": donee.krs, "nip": donee.nip}
