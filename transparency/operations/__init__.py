"""What can be done with reports."""

from transparency.operations.accept import NoSuchFinding, NotAcceptable, OverTheCap, accept_difference
from transparency.operations.audit_books import audit_books
from transparency.operations.build import NoMarkThen, build_report, take_kept_mark
from transparency.operations.define import BadCampaign, CampaignTaken, define_campaign, enter_income
from transparency.operations.publish import ClosedTooEarly, MarkTooOld, OthersPublished, SamePerson, publish_report
from transparency.operations.reader_mails import mail_readers, readers_due
from transparency.operations.request import (
    AlreadyOpen,
    NoMarkKept,
    NoSuchCampaign,
    PeriodNotOver,
    draft_last_month,
    draft_longer,
    rebuild_report,
    request_report,
)
from transparency.operations.review import ask_for_changes, note_opened_evidence, send_to_review
from transparency.operations.sweep import sweep
from transparency.periods import NoSuchPeriod

__all__ = [
    "AlreadyOpen",
    "BadCampaign",
    "CampaignTaken",
    "ClosedTooEarly",
    "MarkTooOld",
    "NoMarkKept",
    "NoMarkThen",
    "NoSuchCampaign",
    "NoSuchFinding",
    "NoSuchPeriod",
    "NotAcceptable",
    "OthersPublished",
    "OverTheCap",
    "PeriodNotOver",
    "SamePerson",
    "accept_difference",
    "ask_for_changes",
    "audit_books",
    "build_report",
    "define_campaign",
    "draft_last_month",
    "draft_longer",
    "enter_income",
    "mail_readers",
    "note_opened_evidence",
    "publish_report",
    "readers_due",
    "rebuild_report",
    "request_report",
    "send_to_review",
    "sweep",
    "take_kept_mark",
]
