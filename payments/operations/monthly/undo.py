"""A gift that was not meant to be monthly: stopped from its first mail, with one button and without signing in."""

from datetime import datetime

from payments.models import MonthlyGift
from payments.monthly_states import ActState, CancelReason, LinkPurpose
from payments.operations.monthly.acts import Acted, By
from payments.operations.monthly.cancel import cancel_monthly
from payments.operations.monthly.links import use_link
from payments.operations.monthly.merge import merge_gifts
from payments.queries.links import act_of, act_of_link, open_link


def undo_first(*, token: str, now: datetime) -> Acted | None:
    """End the gift; None for a link that is no good. What was given stays given, as a single gift.

    Any number of clicks are one end, and a gift that has ended already is no error. `Acted.state` says where it stands:
    UNKNOWN is in doubt, and looked up again by itself. Called outside any database transaction. Raises NotNow(BUSY).
    """
    link = open_link(token=token, purpose=LinkPurpose.UNDO, now=now)
    if link is None:
        return None
    key, _ = act_of_link(link=link)
    done = cancel_monthly(
        gift_id=link.gift_id,
        by=_donor_of(link.gift_id),
        request_key=key,
        why=CancelReason.NOT_MEANT,
        ending="undone",
        now=now,
    )
    return _used(done, token=token, purpose=LinkPurpose.UNDO, now=now)


def stop_by_link(*, token: str, why: CancelReason | None, now: datetime) -> Acted | None:
    """End a gift by hand from the mail of one of its days; None for a link that is no good. Errors as `undo_first`."""
    link = open_link(token=token, purpose=LinkPurpose.OCCASION, now=now)
    if link is None:
        return None
    key, _ = act_of(prefix=f"stop:{link.link_id}")
    return cancel_monthly(gift_id=link.gift_id, by=_donor_of(link.gift_id), request_key=key, why=why or "", now=now)


def merge_by_link(*, token: str, now: datetime) -> Acted | None:
    """Raise the first gift by the second, which ends; None for a link that is no good. The answer is of the first.

    Called outside any database transaction. Raises NotNow, core.money.AmountError.
    """
    link = open_link(token=token, purpose=LinkPurpose.MERGE, now=now)
    if link is None:
        return None
    key, _ = act_of_link(link=link)
    done = merge_gifts(
        keep_id=link.params["keep"],
        end_id=link.gift_id,
        by=_donor_of(link.gift_id),
        request_key=key,
        now=now,
    )
    return _used(done, token=token, purpose=LinkPurpose.MERGE, now=now)


def _donor_of(gift_id: int) -> By:
    """Who has the mail acts as the donor, for this one act."""
    return By(donor_id=MonthlyGift.objects.values_list("donor_id", flat=True).get(pk=gift_id))


def _used(done: Acted, *, token: str, purpose: LinkPurpose, now: datetime) -> Acted:
    if done.state is not ActState.REFUSED:
        use_link(token=token, purpose=purpose, now=now)
    return done
