"""What the made-up Stripe objects have in common.

Each belongs to one gift, given once ("o") or monthly ("m"), and its id says to which: `pi_m17` is paid by `cus_m17`. So any of
them can be made from its id alone. They are made with a number that stands for all, replaced in the finished JSON.
"""

import time
from typing import Any

ANY = "900000009"
"""Stands for the number of a gift until the JSON is finished."""
SUM_MINOR, FEE_MINOR = 18_500, 322
"""In grosze."""
API_VERSION = "2026-10-28.endive"
ACCOUNT = "acct_bench"
NOW = int(time.time()) - 600
NEXT_MONTH = NOW + 30 * 86_400

Facts = dict[str, Any]


def object_(prefix: str, letter: str, kind: str, **fields: Any) -> Facts:
    """An object with what nearly all have."""
    own = {"id": f"{prefix}_{letter}{ANY}", "object": kind, "created": NOW, "livemode": False, "metadata": {}}
    return own | fields


def unset(names: str) -> Facts:
    """Fields that are there and empty, named in a row."""
    return dict.fromkeys(names.split())


def listed(url: str, *rows: Facts) -> Facts:
    """A list object with all its rows."""
    return {"object": "list", "data": list(rows), "has_more": False, "url": url}


def ours(letter: str) -> Facts:
    """What the shop wrote into the metadata: a donation's number, or a monthly gift's and its terms'."""
    return {"monthly_gift": ANY, "terms": ANY} if letter == "m" else {"donation": ANY}
