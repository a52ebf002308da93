"""Which wording of the clause the donors of a need or an area saw before they paid."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum

from aid_packages.models import Area, ClauseVersion, Need
from aid_packages.queries.funding import season_begins
from payments.models import DonationLine
from payments.states import DonationState

PAID = (DonationState.SETTLED, DonationState.PARTLY_REFUNDED, DonationState.DISPUTED)


@dataclass(frozen=True)
class ClauseSeen:
    """One wording, and what was given under it since the season began, in grosze. No number: words of another page."""

    number: int | None
    text: str
    given_minor: int


def clauses_seen(*, source: Need | Area, day: date) -> list[ClauseSeen]:
    """The wordings under which was given to the need or area since the season of `day` began, the greatest sum first."""
    versions = {text: version.number for version in ClauseVersion.objects.all() for text in version.text.values()}
    given: dict[tuple[int | None, str], int] = {}
    lines = DonationLine.objects.filter(
        fund_code=source.fund_code,
        donation__state__in=PAID,
        donation__settled_at__date__gte=season_begins(source, day=day),
    )
    for text, total in lines.values_list("fallback").annotate(total=Sum(F("unit_minor") * F("quantity"))):
        number = versions.get(text)
        key = (number, text if number is None else "")
        given[key] = given.get(key, 0) + total
    rows = [ClauseSeen(number, text, total) for (number, text), total in given.items()]
    return sorted(rows, key=lambda row: -row.given_minor)
