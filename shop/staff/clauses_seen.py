"""Which wording of the clause a need's donors saw before they paid."""

from dataclasses import dataclass

from django.db.models import F, Sum

from aid_packages.models import ClauseVersion, Need
from payments.models import DonationLine
from payments.states import DonationState

PAID = (DonationState.SETTLED, DonationState.PARTLY_REFUNDED, DonationState.DISPUTED)


@dataclass(frozen=True)
class ClauseSeen:
    """One wording, and what was given under it since the season began, in grosze. No number: words of another page."""

    number: int | None
    text: str
    given_minor: int


def clauses_seen(*, need: Need) -> list[ClauseSeen]:
    """The wordings under which was given to the need since its season began, the greatest sum first. Two queries."""
    versions = {text: version.number for version in ClauseVersion.objects.all() for text in version.text.values()}
    given: dict[tuple[int | None, str], int] = {}
    lines = DonationLine.objects.filter(
        fund_code=need.fund_code, donation__state__in=PAID, donation__settled_at__date__gte=need.season_from
    )
    for text, total in lines.values_list("fallback").annotate(total=Sum(F("unit_minor") * F("quantity"))):
        number = versions.get(text)
        key = (number, text if number is None else "")
        given[key] = given.get(key, 0) + total
    rows = [ClauseSeen(number, text, total) for (number, text), total in given.items()]
    return sorted(rows, key=lambda row: -row.given_minor)
