"""Up to where the lines are read."""

from collections.abc import Mapping

from transparency.attribution.models import LineBatch

BATCH = "line_batch"


def last_ids() -> dict[str, int]:
    """What a report keeps with its mark: the last batch. Every row of the lines names its batch, and batches follow one
    another, so everything up to it is a snapshot that never changes. Quick enough to be read while nobody posts.
    """
    return {BATCH: LineBatch.objects.order_by("-pk").values_list("pk", flat=True).first() or 0}


def batch_of(*, upto: Mapping[str, int] | None, upto_entry: int) -> int:
    """The batch up to which to read: the one that was kept, else the last that knows no entry after this one."""
    if upto is not None and BATCH in upto:
        return upto[BATCH]
    known = LineBatch.objects.filter(seen_entry__lte=upto_entry)
    return known.order_by("-pk").values_list("pk", flat=True).first() or 0
