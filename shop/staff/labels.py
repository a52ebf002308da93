"""What the trail keeps as codes, in words: acts, and the things they were done to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import TrailEntry, User
from shop.staff.goods import words as goods
from transparency.models import ReportAct

ACTS: dict[str, str | Promise] = {
    "allocation.drafted": _("drafted an allocation"),
    "allocation.approved": _("approved the allocation"),
    "allocation.rejected": _("rejected the allocation"),
    "allocation.closed": _("closed the allocation"),
    "advance.paid": _("paid an advance"),
    "advance.returned": _("booked a return"),
    "document.recorded": _("recorded a document"),
    "document.queried": _("asked about the document"),
    "document.accepted": _("accepted the document"),
    "document.rejected": _("rejected the document"),
    "purchase.paid": _("paid for a purchase"),
    "purchase.returned": _("booked that a payment came back"),
    "allocation.emergency": _("set money aside in an emergency"),
    "allocation.countersigned": _("countersigned the emergency"),
    "allocation.countersign_refused": _("refused to countersign the emergency"),
    "allocation.reopened": _("opened the allocation again, to be settled"),
    "grant.paid": _("paid a grant"),
    "grant.reversed": _("took a grant back"),
    "document.answered": _("answered about the document"),
    "document.reversed": _("took the document back"),
    "reversal.proposed": _("proposed to take something back"),
    "reversal.approved": _("approved taking it back"),
    "reversal.refused": _("refused to take it back"),
    "redirect.proposed": _("proposed a redirect"),
    "redirect.approved": _("approved the redirect"),
    "redirect.refused": _("refused the redirect"),
    "cover.proposed": _("proposed to cover a deficit"),
    "cover.approved": _("approved the cover"),
    "cover.refused": _("refused the cover"),
    "need.ended": _("ended the need"),
    "agreement.recorded": _("recorded an agreement"),
    "agreement.ended": _("ended the agreement early"),
    "partner.member_added": _("said that somebody belongs to the partner"),
    "partner.member_ended": _("said that somebody's part in the partner is over"),
    "evidence.taken_in": _("put in evidence"),
    "evidence.released": _("released the evidence"),
    "evidence.withheld": _("withheld the evidence"),
    "evidence.erased": _("erased the evidence"),
    "evidence.graded": _("graded how it is shown to be true"),
    "package.published": _("changed an aid package"),
    "refund": _("gave money back"),
    "dispute_answer": _("answered the bank"),
    "dispute_accept": _("accepted the loss"),
    "matter_resolved": _("closed what there was to look at"),
    "movement_booked": _("booked a movement of the provider's"),
    "share_policy.proposed": _("proposed a share for running costs"),
    "share_policy.approved": _("approved the share for running costs"),
    "share_policy.refused": _("refused the share for running costs"),
    "donors.reveal_contact": _("looked up who the donor is"),
    "donors.resend_sign_in": _("sent the donor a link to sign in"),
    "donors.read_in_bulk": _("read of many donors at once"),
    "mail.retried": _("asked for a mail to be sent again"),
    "monthly.change": _("changed the monthly gift"),
    "monthly.skip": _("skipped the next gift"),
    "monthly.pause": _("paused the monthly gift"),
    "monthly.resume": _("ended the pause"),
    "monthly.cancel": _("ended the monthly gift"),
    "monthly.restart": _("began the monthly gift again"),
    "monthly.use_method": _("changed the way to pay"),
    "monthly.switch_kind": _("changed how the gift is paid"),
    "monthly.merge": _("joined two monthly gifts"),
    "monthly.mend": _("paid a renewal that had failed"),
    "monthly.receipt_policy": _("chose which receipts are mailed"),
    "monthly.language": _("chose the language"),
    "monthly.offer": _("offered to give more"),
}
REPORT_ACTS: dict[str, str | Promise] = {
    ReportAct.REQUEST: _("asked for a report"),
    ReportAct.START: _("began to build the report"),
    ReportAct.BLOCK: _("stopped the report: a check found something"),
    ReportAct.DRAFT: _("wrote the report's draft"),
    ReportAct.SEND_TO_REVIEW: _("sent the report to review"),
    ReportAct.ASK_FOR_CHANGES: _("sent the report back"),
    ReportAct.REBUILD: _("asked for the report to be built again"),
    ReportAct.ACCEPT_DIFFERENCE: _("accepted a difference in the report"),
    ReportAct.OPEN_EVIDENCE: _("opened evidence behind the report"),
    ReportAct.PUBLISH: _("published the report"),
    ReportAct.SUPERSEDE: _("replaced the report by a later revision"),
}
ACTS |= {f"report.{act.value}": label for act, label in REPORT_ACTS.items()}
ACTS |= {"campaign.define": _("defined a campaign"), "income.enter": _("entered the year's income")}
ACTS |= goods.ACTS

NOUNS: dict[str, tuple[str | Promise, str]] = {
    "allocation": (_("Allocation %(number)s"), "staff:allocation"),
    "document": (_("Document no. %(number)s"), "staff:document"),
    "redirect": (_("Redirect %(number)s"), "staff:redirect"),
    "cover": (_("Cover of a deficit %(number)s"), "staff:cover"),
    "share_policy": (_("Share for running costs %(number)s"), ""),
    "reversal": (_("Proposal to take back, no. %(number)s"), ""),
    "partner": (_("Partner no. %(number)s"), "staff:partner"),
    "need": (_("Need no. %(number)s"), ""),
    "evidence": (_("Evidence no. %(number)s"), "staff:evidence_item"),
    "donation": (_("Donation %(number)s"), "staff:donation"),
    "monthly_gift": (_("Monthly gift %(number)s"), "staff:monthly_gift"),
    "report": (_("Report no. %(number)s"), "staff:report"),
    "campaign": (_("Campaign no. %(number)s"), ""),
    "income": (_("Yearly income no. %(number)s"), ""),
    "unmatched": (_("Unmatched payment %(number)s"), ""),
    "dispute": (_("Dispute %(number)s"), "staff:dispute"),
    "matter": (_("To look at, no. %(number)s"), ""),
    "donor": (_("Donor %(number)s"), ""),
    "bulk": (_("Reading in bulk: %(number)s"), ""),
    "package": (_("Aid package %(number)s"), ""),
    "mail": (_("Mail %(number)s"), ""),
}
"""Noun of a subject -> its label, and the page it has on the desk."""
NOUNS |= goods.NOUNS


GIVEN_REASONS: dict[str, str | Promise] = {"dry run": _("dry run")}
"""What the house itself gives as a reason. Everything else was typed by a person, and stands as it was typed."""


def act_label(act: str) -> str:
    """The act as a person says it; an act unknown here keeps its code rather than hide."""
    return str(ACTS.get(act, act))


def subject_label(subject: str) -> str:
    """`allocation:12` as "Allocation 12"."""
    noun, _colon, number = subject.partition(":")
    label, _page = NOUNS.get(noun, (subject, ""))
    return str(label) % {"number": number} if noun in NOUNS else subject


def subject_url(subject: str) -> str:
    """The page of the thing, or nothing."""
    noun, _colon, number = subject.partition(":")
    _label, page = NOUNS.get(noun, ("", ""))
    return reverse(page, args=[int(number)]) if page and number.isdecimal() else ""


@dataclass(frozen=True)
class TrailLine:
    """One act of a thing's trail, as it is read."""

    at: datetime
    who: str
    what: str
    why: str
    entries: str
    """The ledger entries that it made, by number."""


def trail_lines(entries: Iterable[TrailEntry]) -> list[TrailLine]:
    """The trail in words."""
    return [
        TrailLine(
            at=entry.at,
            who=who(entry),
            what=act_label(entry.act),
            why=str(GIVEN_REASONS.get(entry.reason, entry.reason)),
            entries=entries_of(entry),
        )
        for entry in entries
    ]


def who(entry: TrailEntry) -> str:
    """Who acted; the shop itself where no person did."""
    return name_of(entry.actor) or str(_("the shop itself"))


def name_of(user: User | None) -> str:
    """How colleagues call somebody."""
    return user.get_full_name() or user.get_username() if user else ""


def entries_of(entry: TrailEntry) -> str:
    """The numbers of the ledger entries that the act made."""
    return ", ".join(str(number) for number in entry.facts.get("entries", []))
