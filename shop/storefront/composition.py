"""What is inside a package, as its table shows it."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from aid_packages.queries.cards import ItemRow


@dataclass(frozen=True)
class CompositionRow:
    """A row of the table, in grosze. `source` says where the cost was taken from, and when."""

    name: str
    quantity: int
    unit_minor: int
    total_minor: int
    source: str
    estimate: bool


def composition_of(items: tuple[ItemRow, ...]) -> list[CompositionRow]:
    """The parts of a package in their order."""
    return [
        CompositionRow(
            name=item.title,
            quantity=item.quantity,
            unit_minor=item.unit_cost_minor,
            total_minor=item.sum_minor,
            source=_("%(source)s, %(month)s") % {"source": item.source, "month": date_format(item.source_date, "m.Y")},
            estimate=item.is_estimate,
        )
        for item in items
    ]
