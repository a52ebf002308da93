"""A report, what was found wrong with it, and what happened to it."""

from transparency.models.campaign import Campaign
from transparency.models.choices import BuildStep, CheckName, ReportAct, ReportKind, ReportState
from transparency.models.difference import AcceptedDifference
from transparency.models.finding import ReportFinding
from transparency.models.income import OrganisationIncome
from transparency.models.mailing import MailingKind, ReportMailing
from transparency.models.reading import MarkReading
from transparency.models.report import Report
from transparency.models.step import ReportStep

__all__ = [
    "AcceptedDifference",
    "BuildStep",
    "Campaign",
    "CheckName",
    "MailingKind",
    "MarkReading",
    "OrganisationIncome",
    "Report",
    "ReportAct",
    "ReportFinding",
    "ReportKind",
    "ReportMailing",
    "ReportState",
    "ReportStep",
]
