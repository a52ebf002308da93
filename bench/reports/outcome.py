"""What was measured, as a table and as one JSON object."""

import json
import os
from collections.abc import Mapping

Row = tuple[str, str, str, str]


def tell(figures: Mapping[str, float]) -> None:
    """Prints both; each row says what was aimed at."""
    print()
    print(f"{'':<58}{'measured':>12}{'aim':>10}   beside")
    for name, key, aim, beside in ROWS:
        if key in figures:
            print(f"{name:<58}{figures[key]:>12,}{aim:>10}   {beside.format_map(figures)}")
    print()
    ratio = round(figures["recount_seconds"] / figures["bare_seconds"], 2)
    after = {"cores": os.cpu_count(), "load_average": round(os.getloadavg()[0], 1), "ratio": ratio}
    print(json.dumps({**figures, **after}))


ROWS: tuple[Row, ...] = (
    ("postings", "postings", "", "{gifts:,} gifts"),
    ("lining up and attributing all of it, seconds", "line_up_seconds", "", ""),
    ("a year's report with its checks, seconds", "build_seconds", "20", ""),
    ("  memory of its worker, MB", "build_megabytes", "500", ""),
    ("  the recount in it, seconds", "recount_seconds", "", "bare aggregate {bare_seconds} s, aim 1.5 times that"),
    ("its public page, milliseconds (median)", "page_milliseconds", "15", "slowest of twenty {page_slowest}"),
    ("  queries", "page_queries", "", ""),
    ("a donor's attribution, milliseconds (median)", "attribution_milliseconds", "10", ""),
    ("  queries", "attribution_queries", "5", ""),
    ("sealing, seconds", "sealing_seconds", "", "{notes:,} notes"),
    ("  by as many bare hashlib calls", "sealing_ratio", "2.5", "{hashlib_calls:,} calls in {hashlib_seconds} s"),
    ("a proof of the log, milliseconds (median)", "proof_milliseconds", "1", ""),
    ("a proof of one note among them, milliseconds (median)", "note_proof_milliseconds", "1", ""),
    ("receipts as PDF, seconds with two workers", "receipts_seconds", "300", "{receipts:,} receipts"),
    ("  a second", "receipts_per_second", "", "WeasyPrint {weasyprint_per_second}: ratio {receipts_ratio}"),
)
