"""What can be done with reports."""

from transparency.operations.audit_books import audit_books
from transparency.operations.build import NoMarkThen, build_report, take_kept_mark
from transparency.operations.publish import ClosedTooEarly, MarkTooOld, SamePerson, publish_report
from transparency.operations.request import (
    AlreadyOpen,
    NoSuchPeriod,
    PeriodNotOver,
    draft_last_month,
    rebuild_report,
    request_report,
)
from transparency.operations.review import ask_for_changes, send_to_review
from transparency.operations.sweep import sweep

__all__ = [
    "AlreadyOpen",
    "ClosedTooEarly",
    "MarkTooOld",
    "NoMarkThen",
    "NoSuchPeriod",
    "PeriodNotOver",
    "SamePerson",
    "ask_for_changes",
    "audit_books",
    "build_report",
    "draft_last_month",
    "publish_report",
    "rebuild_report",
    "request_report",
    "send_to_review",
    "sweep",
    "take_kept_mark",
]
