"""The funds that areas and needs stand for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ledger import accounts
from ledger.models import Fund, Restriction
from ledger.operations import open_fund


def open_catalogue_funds(
    *, areas: Sequence[Mapping[str, Any]], needs: Sequence[Mapping[str, Any]], now: datetime
) -> int:
    """Opens what is missing: an area's fund under GENERAL, a need's under its area. Says how many were opened.

    Raises ledger.operations.NoBooks when the books were not opened, FundTaken when a fund stands elsewhere in the tree.
    """
    before = Fund.objects.count()
    for area in areas:
        open_fund(code=area["code"], parent=accounts.GENERAL, restriction=Restriction.PURPOSE, now=now)
    for need in needs:
        open_fund(code=need["code"].upper(), parent=need["area"], restriction=Restriction.PURPOSE, now=now)
    return Fund.objects.count() - before
