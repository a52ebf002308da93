"""What payments may refuse on the pages of disputes and of the queue, and how it is told."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments import operations
from payments.operations import share_policies

MONEY: dict[type[Exception], Promise | str | Callable[[Any], str]] = {
    operations.GiftIsDisputed: _("The donor's bank holds this payment: what goes back goes through the dispute."),
    operations.NotAnswerable: _("The bank waits for no answer any more: look at the dispute's present state."),
    operations.AnswerMissing: _("Write what the bank should know, in at most 20,000 signs."),
    operations.DisputeActReused: _("This form was sent before with other contents. Open the page again."),
    operations.NotInOurCurrency: _(
        "Nobody knows what this is worth in złoty: ask the provider how it comes to our account."
    ),
    share_policies.ShareTooHigh: _("Between 0% and 20% of a gift."),
    share_policies.StartsTooSoon: _("Its first day must be yet to come: donors of today were told what holds today."),
    share_policies.OwnSharePolicy: _("You proposed this yourself: another person has to decide."),
    share_policies.ShareDecided: _("Somebody else was quicker: look at its present state."),
    share_policies.SharePolicyReused: _("This form was sent before with other contents. Open the page again."),
    operations.MatterClosed: _("Somebody else was quicker: look at its present state."),
}
