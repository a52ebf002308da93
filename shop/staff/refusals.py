"""What the domain may refuse on the desk, and how it is told. Whatever is not named here is a defect, and stays one."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aid_packages.operations import advances, allocations, booking, documents, refusals
from core.money import format_money
from core.text import TextError
from core.trail import ReasonMissing
from payments.operations import refund
from payments.provider import ProviderRefused, ProviderUnavailable
from transparency import lifecycle
from transparency import operations as reports

TELLINGS: dict[type[Exception], Promise | str | Callable[[Any], Any]] = {
    refusals.SamePerson: _("You prepared this yourself: another person has to decide."),
    refusals.PartOfPartner: _("You have a part in this partner: another person has to decide."),
    refusals.WrongState: _("Somebody else was quicker: look at its present state."),
    refusals.FutureEvent: _("The day must not be in the future."),
    refusals.NotPositive: _("The sum must be more than zero."),
    refusals.RequestKeyReused: _("This form was sent before with other contents. Open the page again."),
    booking.BankShort: lambda e: _("The bank account holds only %(sum)s.") % {"sum": format_money(e.balance_minor)},
    booking.FundShort: lambda e: _("The fund has only %(sum)s available.") % {"sum": format_money(e.available)},
    allocations.FundNotForAid: _("There is no such fund for aid."),
    allocations.BadPeriod: _("The last month comes before the first."),
    allocations.PurposeMissing: _("Say what the money is for."),
    allocations.StillOpen: lambda e: (
        _("It can't be closed: %(partner)s is with the partner, %(pending)s waits to be decided.")
        % {"partner": format_money(e.with_partner_minor), "pending": format_money(e.pending_minor)}
    ),
    advances.OverEnvelope: _("That is more than the envelope still holds for it."),
    advances.NoPartner: _("This allocation is our own: there is no partner to pay."),
    documents.BadNip: _("This is not a NIP: its digits don't add up."),
    documents.NumberMissing: _("Type the document's number."),
    documents.DuplicateDocument: _("This issuer's document of that number is recorded already."),
    documents.BadShare: _("Our share can't be more than the whole, and its parts must add up to it."),
    documents.OutsidePeriod: _("The document's day lies outside the allocation's months."),
    documents.OtherPartner: _("The other allocation belongs to another partner."),
    refund.NothingToRefund: _("Nothing of this donation is left to give back."),
    refund.OverRefund: lambda e: _("Only %(sum)s is left to give back.") % {"sum": format_money(e.available)},
    refund.RequestReused: _("This form was sent before with other contents. Open the page again."),
    ProviderUnavailable: _("The payment provider did not answer. It will be asked again by itself; don't repeat it."),
    ProviderRefused: _("The payment provider refused. Nothing was given back."),
    lifecycle.WrongState: _("Somebody else was quicker: look at its present state."),
    reports.SamePerson: _("You asked for this report or prepared it: another person has to publish it."),
    reports.MarkTooOld: _("Money moved in these months after the report's mark: build it again."),
    reports.ClosedTooEarly: lambda e: (
        _("An earlier month has not been published yet: %(months)s.")
        % {"months": ", ".join(f"{period // 100}-{period % 100:02d}" for period in e.periods)}
    ),
    reports.AlreadyOpen: _("A report of these months is on its way already."),
    reports.PeriodNotOver: _("These months are not over yet: ask for the month so far."),
    ReasonMissing: _("Say why."),
    TextError: _("This text holds signs that can't be kept, or is too long."),
}
EXPECTED = tuple(TELLINGS)


def told(refusal: Exception | None) -> str:
    """The refusal in the reader's words. None: an act that is not possible on the page."""
    if refusal is None:
        return str(_("This can't be done now: look at the present state."))
    for kind in type(refusal).__mro__:
        if kind in TELLINGS:
            telling = TELLINGS[kind]
            return str(telling(refusal) if isinstance(telling, FunctionType) else telling)
    raise refusal
