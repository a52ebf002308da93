"""What is measured inside the shop. Each prints one JSON object."""

import json
import resource
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import User
from ledger.models import Posting
from ledger.operations import take_mark
from payments.models import Donation, Receipt
from payments.operations.receipts import receipt_pdf
from tests.factories.transparency import Giving
from transparency import operations
from transparency.attribution.operations import bring_up_to_date
from transparency.attribution.queries import gift_attribution
from transparency.models import Report, ReportKind, ReportState
from transparency.sources.books import month_sums

T = TypeVar("T")
NOW = datetime(2026, 11, 16, 6, tzinfo=UTC)
YEAR = 2025
ROUNDS = 3
TIMES = 20

BARE = """
    SELECT account_id, period, sum(amount_minor) FROM ledger_posting GROUP BY account_id, period
"""
"""The floor of a recompute: all postings, summed by account and month, and nothing else."""


def build() -> None:
    """The year's report as a worker builds it; before it the recount in it and the bare aggregate, in turn."""
    report = operations.request_report(
        kind=ReportKind.YEAR, period=YEAR, actor=User.objects.get(username="ada"), reason="benchmark", now=NOW
    )
    mark = take_mark(now=NOW)
    bare, recount = [], []
    for _ in range(ROUNDS):
        bare.append(timed(_bare)[1])
        recount.append(timed(lambda: month_sums(mark))[1])
    state, seconds = timed(lambda: operations.build_report(report_id=report.pk, now=NOW))
    if state is not ReportState.DRAFT:
        found = [str(finding) for finding in report.findings.all()]
        raise SystemExit(f"the report is {state}: {found}")
    tell(
        gifts=Donation.objects.count(),
        postings=Posting.objects.count(),
        build_seconds=round(seconds, 2),
        build_megabytes=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        bare_seconds=round(statistics.median(bare), 3),
        recount_seconds=round(statistics.median(recount), 3),
    )


def page() -> None:
    """The public page of the report, published, as a stranger gets it: the whole request, in this process."""
    report = Report.objects.get(kind=ReportKind.YEAR)
    ada, bartek = (User.objects.get(username=name) for name in ("ada", "bartek"))
    operations.send_to_review(report_id=report.pk, actor=ada, comment="benchmark", now=NOW)
    operations.publish_report(report_id=report.pk, actor=bartek, comment="benchmark", now=NOW)
    address = reverse("reports:report", kwargs={"slug": report.slug})
    client = Client(headers={"host": "localhost"})
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    times = sorted(timed(lambda: client.get(address))[1] * 1000 for _ in range(TIMES))
    tell(page_milliseconds=round(times[TIMES // 2], 1), page_slowest=round(times[-1], 1), page_queries=len(queries))


def attribution() -> None:
    """What gifts all along the lines did: the questions of the donor's page."""
    last = Donation.objects.order_by("-pk").values_list("pk", flat=True)[0]
    wanted = [last * number // (TIMES + 1) for number in range(1, TIMES + 1)]
    gift_attribution(donation_id=wanted[0])
    with CaptureQueriesContext(connection) as queries:
        gift_attribution(donation_id=wanted[1])
    times = sorted(timed(lambda pk=pk: gift_attribution(donation_id=pk))[1] * 1000 for pk in wanted)
    tell(attribution_milliseconds=round(times[TIMES // 2], 2), attribution_queries=len(queries))


def line_up() -> None:
    """All gifts past the refund window onto their lines, all spending taken from them: years' work at once."""
    _, seconds = timed(lambda: bring_up_to_date(now=NOW))
    tell(line_up_seconds=round(seconds, 1))


def _bare() -> int:
    with connection.cursor() as cursor:
        cursor.execute(BARE)
        return len(cursor.fetchall())


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What it gave, and how long it took in seconds."""
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def tell(**figures: float) -> None:
    """One JSON object on a line."""
    print(json.dumps(figures), flush=True)


def give(gifts: int) -> None:
    """Gifts with receipts, through the shop's own booking, each by a donor of its own."""
    giving = Giving(fund="WARM-NIGHT")
    for number in range(gifts):
        with transaction.atomic():
            giving.give(5000 + number, at=NOW - timedelta(days=1))


def samples(path: str) -> None:
    """What the receipts say, for the peer."""
    contents = [json.loads(bytes(content)) for content in Receipt.objects.values_list("content", flat=True)[:100]]
    Path(path).write_text(json.dumps(contents, ensure_ascii=False), encoding="utf-8")


def print_receipts(worker: int, count: int) -> None:
    """One worker's receipts, as the shop prints them: read, decrypted, laid out. Prints its seconds."""
    ids = list(Receipt.objects.order_by("pk").values_list("pk", flat=True))
    receipt_pdf(receipt_id=ids[worker])
    started = time.perf_counter()
    for number in range(count):
        receipt_pdf(receipt_id=ids[(worker + number) % len(ids)])
    print(time.perf_counter() - started)
