"""Which version of a monthly gift's terms is in force."""

from collections.abc import Iterable

from django.db.models import BigIntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from payments.models import MonthlyAct, MonthlyGift, MonthlyTerms
from payments.monthly_states import ActState


def terms_in_force(*, gift_ids: Iterable[int]) -> dict[int, MonthlyTerms]:
    """Gift -> the version in force, with its lines. Two statements, however many gifts.

    A change writes its version before the provider is asked, because the provider's object names it. So a version
    counts only when its act was confirmed: that of the last confirmed act with one, else the first.
    """
    ids = list(gift_ids)
    confirmed = MonthlyAct.objects.filter(gift=OuterRef("pk"), state=ActState.CONFIRMED, terms__isnull=False)
    first = MonthlyTerms.objects.filter(gift=OuterRef("pk")).order_by("version")
    chosen = MonthlyGift.objects.filter(pk__in=ids).annotate(
        in_force=Coalesce(
            Subquery(confirmed.order_by("-pk").values("terms")[:1]),
            Subquery(first.values("pk")[:1]),
            output_field=BigIntegerField(),
        )
    )
    rows = MonthlyTerms.objects.filter(pk__in=Subquery(chosen.values("in_force"))).prefetch_related("lines")
    return {terms.gift_id: terms for terms in rows}


def terms_of(*, gift_id: int) -> MonthlyTerms:
    """The version in force of one gift. Raises MonthlyTerms.DoesNotExist for a gift without any."""
    found = terms_in_force(gift_ids=[gift_id]).get(gift_id)
    if found is None:
        raise MonthlyTerms.DoesNotExist(str(gift_id))
    return found
