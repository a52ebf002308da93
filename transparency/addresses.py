"""How a report is called in addresses: 2026-11-r1, 2026-q4-r1, 2026-r1, campaign-winter-r1, cohort-2025-r1."""

from transparency.exports.sections import KEYS

MONTHS = r"[0-9]{4}(?:-[0-9]{2}|-q[1-4])?(?:-to-date)?"
OTHERS = r"campaign-[a-z0-9]+(?:-[a-z0-9]+)*|cohort-[0-9]{4}"
REPORT = rf"(?:{MONTHS}|{OTHERS})-r[0-9]{{1,4}}"
"""One revision, for good."""

SLUG = rf"(?P<slug>{REPORT})"
ADDRESS = rf"(?P<address>to-date|{MONTHS}|{OTHERS})"
"""Leads to the newest revision."""
SECTION = rf"(?P<section>{'|'.join(KEYS)})"
