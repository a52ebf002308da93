"""A report, what was found wrong with it, and what happened to it."""

from transparency.models.choices import BuildStep, CheckName, ReportAct, ReportKind, ReportState
from transparency.models.finding import ReportFinding
from transparency.models.report import Report
from transparency.models.step import ReportStep

__all__ = [
    "BuildStep",
    "CheckName",
    "Report",
    "ReportAct",
    "ReportFinding",
    "ReportKind",
    "ReportState",
    "ReportStep",
]
