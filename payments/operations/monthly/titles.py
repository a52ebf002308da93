"""What a monthly gift is called on the provider's page and in its books."""

from collections.abc import Iterable
from typing import Protocol

from django.utils.translation import gettext, override

LONGEST = 250


class TitledLine(Protocol):
    """What of a line its name is made of."""

    @property
    def title(self) -> str: ...
    @property
    def quantity(self) -> int: ...


def gift_title(*, lines: Iterable[TitledLine], cover_fee_minor: int, language: str) -> str:
    """The one row of a renewal: its purpose and each of its lines, in the donor's language, as many as there is room for."""
    with override(language):
        parts = [line.title if line.quantity == 1 else f"{line.quantity} × {line.title}" for line in lines]
        if cover_fee_minor:
            parts.append(gettext("Donation that covers the cost of this payment"))
        return f"{gettext('Donation for statutory purposes')} - {', '.join(parts)}"[:LONGEST]
