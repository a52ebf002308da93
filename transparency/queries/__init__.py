"""Questions about reports: the public's, and the staff's."""

from transparency.queries.public import (
    Frozen,
    ListedReport,
    frozen_report,
    newest_slug,
    newest_story,
    published_reports,
    report_json,
    report_page,
    report_preview,
)
from transparency.queries.staff import StaffReport, report_for_staff, reports_for_staff

__all__ = [
    "Frozen",
    "ListedReport",
    "StaffReport",
    "frozen_report",
    "newest_slug",
    "newest_story",
    "published_reports",
    "report_for_staff",
    "report_json",
    "report_page",
    "report_preview",
    "reports_for_staff",
]
