"""Reports that nobody works on: a hint was lost, or a worker was killed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from core.queue import enqueue
from transparency.models import Report, ReportState
from transparency.operations.build import STALE_AFTER

HINT_MAY_TAKE = timedelta(minutes=1)


def sweep(*, now: datetime) -> list[int]:
    """Sends a new hint for each report never taken up, or whose worker gave no sign for long. Returns their ids."""
    silent = Q(heartbeat_at__isnull=True) | Q(heartbeat_at__lt=now - STALE_AFTER)
    never_begun = Q(state=ReportState.REQUESTED, requested_at__lt=now - HINT_MAY_TAKE) & silent
    with transaction.atomic():
        left = list(
            Report.objects.select_for_update(skip_locked=True)
            .filter(never_begun | (Q(state=ReportState.BUILDING) & silent))
            .order_by("id")
        )
        for report in left:
            if report.state == ReportState.REQUESTED:
                report.heartbeat_at = now
                report.save(update_fields=["heartbeat_at"])
            enqueue("transparency.build_report", report.pk)
    return [report.pk for report in left]
