"""What payments may refuse on the pages of disputes and of the queue, and how it is told."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments import operations

MONEY: dict[type[Exception], Promise | str | Callable[[Any], str]] = {
    operations.GiftIsDisputed: _("The donor's bank holds this payment: what goes back goes through the dispute."),
    operations.NotAnswerable: _("The bank waits for no answer any more: look at the dispute's present state."),
    operations.AnswerMissing: _("Write what the bank should know, in at most 20,000 signs."),
    operations.DisputeActReused: _("This form was sent before with other contents. Open the page again."),
    operations.MatterClosed: _("Somebody else was quicker: look at its present state."),
}
