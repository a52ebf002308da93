"""What the domain may refuse on the desk, and how it is told. Whatever is not named here is a defect, and stays one."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from aid_packages.models import Partner, Region
from aid_packages.operations import advances, allocations, booking, corrections, documents, issuer, refusals
from core.money import AmountError, format_money
from core.text import TextError
from core.trail import ReasonMissing
from donors.models import Donor
from donors.operations.ask_for_link import DonorHasNoAddress
from donors.staff_view import NotAllowed
from donors.vault import DonorErased
from payments.operations import refund
from payments.operations.monthly.acts import ActKeyReused, NotNow
from payments.provider import ProviderRefused, ProviderUnavailable
from shop.staff import mails, outcomes
from shop.staff.evidence_refusals import EVIDENCE
from shop.staff.fields import BAD_MONTH, BAD_TEXT, SUM_REFUSALS
from shop.staff.goods.words import TELLINGS as GOODS
from shop.staff.help_refusals import HELP
from shop.staff.money_refusals import MONEY
from shop.staff.report_refusals import REPORTS
from shop.staff.tables import month
from transparency import lifecycle
from transparency import operations as reports

_QUICKER = _("Somebody else was quicker: look at its present state.")
_SENT_BEFORE = _("This form was sent before with other contents. Open the page again.")
_POSITIVE = _("The sum must be more than zero.")
_NO_DONOR = _("This donor has been forgotten, as they asked: nobody can read who it was.")


def _fund_short(refusal: booking.FundShort) -> str:
    if refusal.available < 0:
        return _("The fund lacks %(sum)s. Until gifts make up for it, nothing can be paid from it.") % {
            "sum": format_money(-refusal.available)
        }
    return _("The fund has only %(sum)s available.") % {"sum": format_money(refusal.available)}


def _still_open(refusal: allocations.StillOpen) -> str:
    return _("It can't be closed: %(partner)s is with the partner, %(pending)s waits to be decided.") % {
        "partner": format_money(refusal.with_partner_minor),
        "pending": format_money(refusal.pending_minor),
    }


def _still_reserved(refusal: allocations.StillReserved) -> str:
    units = ngettext("%(number)s unit is", "%(number)s units are", refusal.units) % {"number": refusal.units}
    return _(
        "It can't be closed: %(units)s reserved for it (lots: %(lots)s). Hand them on, or release them on the page of the lot."
    ) % {"units": units, "lots": ", ".join(map(str, refusal.lots))}


def _outside(refusal: documents.OutsidePeriod) -> str:
    return _("The document's day lies outside the allocation's months, %(first)s to %(last)s.") % {
        "first": month(refusal.first_period),
        "last": month(refusal.last_period),
    }


def _too_early(refusal: reports.ClosedTooEarly) -> str:
    months = ", ".join(month(period) for period in refusal.periods)
    return _("An earlier month has not been published yet: %(months)s.") % {"months": months}


def _sum(text: Promise | str, name: str) -> Callable[[Any], str]:
    """A telling with the one sum, in grosze, that the refusal carries as `name`."""
    return lambda refusal: text % {"sum": format_money(getattr(refusal, name))}


TELLINGS: dict[type[Exception], Promise | str | Callable[[Any], str]] = {
    refusals.SamePerson: _("You prepared this yourself: another person has to decide."),
    refusals.PartOfPartner: _("You have a part in this partner: another person has to decide."),
    refusals.WrongState: _QUICKER,
    refusals.FutureEvent: _("The day must not be in the future."),
    refusals.NotPositive: _POSITIVE,
    refusals.RequestKeyReused: _SENT_BEFORE,
    booking.BankShort: _sum(_("The bank account holds only %(sum)s."), "balance_minor"),
    booking.FundShort: _fund_short,
    allocations.FundNotForAid: _("There is no such fund for aid."),
    allocations.BadPeriod: _("The last month comes before the first."),
    allocations.PurposeMissing: _("Say what the money is for."),
    allocations.StillOpen: _still_open,
    allocations.StillReserved: _still_reserved,
    Partner.DoesNotExist: _("We don't work with this partner any more."),
    Region.DoesNotExist: _("There is no such region."),
    advances.OverEnvelope: _sum(_("That is too much: only %(sum)s is left for it."), "left"),
    advances.CountersignatureOverdue: _("Its 72 hours are over: somebody has to countersign it or refuse."),
    advances.NoPartner: _("This allocation is our own: there is no partner to pay."),
    issuer.BadNip: _("This is not a NIP: its digits don't add up."),
    documents.NumberMissing: _("Type the document's number."),
    documents.DuplicateDocument: _("This issuer's document of that number is recorded already."),
    documents.BadShare: _("Our share can't be more than the whole, and its parts must add up to it."),
    documents.OutsidePeriod: _outside,
    corrections.AllocationNotOpen: _(
        "Nothing more is paid from its allocation: record what was added as a document of one that is open."
    ),
    corrections.NotCorrectable: _("This is a correction itself: correct the invoice that it corrects."),
    corrections.BadDifference: _(
        "Differences of our shares are all above zero or all below, each of a fund that pays it."
    ),
    corrections.BelowNothing: _sum(_("That takes off too much: only %(sum)s of it is left."), "left_minor"),
    corrections.CorrectionTooEarly: _("A correction is not older than its invoice, and not from the future."),
    corrections.StillCorrected: _("It has a correction that counts, or waits to be decided: that one first."),
    documents.OtherPartner: _("The other allocation belongs to another partner."),
    refund.NothingToRefund: _("Nothing of this donation is left to give back."),
    refund.OverRefund: _sum(_("Only %(sum)s is left to give back."), "available"),
    refund.RequestReused: _SENT_BEFORE,
    ProviderUnavailable: _(
        "The payment provider did not answer. Sending this form again is safe: nothing is done twice. "
        "What is listed as being requested is asked for again by itself."
    ),
    ProviderRefused: _("The payment provider refused. Nothing was done."),
    NotNow: lambda refusal: str(refusal.words),
    ActKeyReused: _SENT_BEFORE,
    AmountError: lambda refusal: str(SUM_REFUSALS[refusal.reason]),
    outcomes.InDoubt: _("The provider has not answered. It may have been done: it is looked up again by itself."),
    outcomes.NotDone: lambda refusal: str(refusal.words),
    DonorHasNoAddress: _("This donor gave anonymously: there is nowhere to send a link."),
    NotAllowed: _("You have no right to see who donors are."),
    DonorErased: _NO_DONOR,
    Donor.DoesNotExist: _NO_DONOR,
    mails.NotFailed: _("This mail was sent, or its content has been forgotten."),
    lifecycle.WrongState: _QUICKER,
    reports.SamePerson: _("You asked for this report or prepared it: another person has to publish it."),
    reports.MarkTooOld: _("Money moved in these months after the report's mark: build it again."),
    reports.ClosedTooEarly: _too_early,
    reports.AlreadyOpen: _("A report of these months is on its way already."),
    reports.PeriodNotOver: _("These months are not over yet: ask for the month so far."),
    reports.NoSuchPeriod: BAD_MONTH,
    **REPORTS,
    **HELP,
    **EVIDENCE,
    **GOODS,
    **MONEY,
    ReasonMissing: _("Say why."),
    TextError: BAD_TEXT,
}
EXPECTED = tuple(TELLINGS)


def told(refusal: Exception | None) -> str:
    """The refusal in the reader's words. None: an act that is not possible on the page."""
    if refusal is None:
        return str(_("This can't be done now: look at the present state."))
    for kind in type(refusal).__mro__:
        if kind in TELLINGS:
            telling = TELLINGS[kind]
            # A lazy text can be called, too: it passes the call on to its text.
            return str(telling if isinstance(telling, str | Promise) else telling(refusal))
    raise refusal
