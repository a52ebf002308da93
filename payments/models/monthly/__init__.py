"""What payments remembers of gifts that come again. No personal data, as everywhere in payments."""

from payments.models.monthly.act import MonthlyAct
from payments.models.monthly.gift import MonthlyGift
from payments.models.monthly.link import ScopedLink
from payments.models.monthly.move import MonthlyMove
from payments.models.monthly.occasion import MonthlyOccasion
from payments.models.monthly.subscription import MonthlySubscription
from payments.models.monthly.terms import MonthlyLine, MonthlyTerms
from payments.models.monthly.trouble import RenewalTrouble

__all__ = [
    "MonthlyAct",
    "MonthlyGift",
    "MonthlyLine",
    "MonthlyMove",
    "MonthlyOccasion",
    "MonthlySubscription",
    "MonthlyTerms",
    "RenewalTrouble",
    "ScopedLink",
]
