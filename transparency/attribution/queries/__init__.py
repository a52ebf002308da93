"""What can be asked of the lines."""

from transparency.attribution.queries.cohorts import Cohort, cohorts
from transparency.attribution.queries.counted import counted_in
from transparency.attribution.queries.gift import GiftAttribution, Share, gift_attribution
from transparency.attribution.queries.shares_back import shares_back
from transparency.attribution.queries.snapshot import last_ids

__all__ = ["Cohort", "GiftAttribution", "Share", "cohorts", "counted_in", "gift_attribution", "last_ids", "shares_back"]
