"""Questions about reports: the public's, and the staff's."""

from transparency.queries.public import (
    ListedReport,
    newest_slug,
    published_reports,
    report_csv,
    report_json,
    report_page,
    report_preview,
)
from transparency.queries.staff import StaffReport, report_for_staff, reports_for_staff

__all__ = [
    "ListedReport",
    "StaffReport",
    "newest_slug",
    "published_reports",
    "report_csv",
    "report_for_staff",
    "report_json",
    "report_page",
    "report_preview",
    "reports_for_staff",
]
