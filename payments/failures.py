"""What can go wrong when the payment provider is asked, and what each person is told. No word of any provider."""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class FailureKind(Enum):
    """Every way in which asking the provider can fail."""

    CARD_DECLINED = "card_declined"  # the donor's bank or card said no
    RATE_LIMITED = "rate_limited"  # the provider was asked too often and did nothing
    TIMED_OUT = "timed_out"  # no answer came; what was asked for may have happened
    STILL_PENDING = "still_pending"  # the same question is being answered at this moment
    KEY_REUSED = "key_reused"  # an idempotency key was sent with other parameters: our mistake
    NOT_AUTHENTICATED = "not_authenticated"  # our key is wrong, revoked or missing
    NOT_PERMITTED = "not_permitted"  # our key is right, but may not do this
    INVALID_REQUEST = "invalid_request"  # the provider did not accept what was asked: our mistake
    NOT_FOUND = "not_found"  # the object does not exist at the provider
    PROVIDER_FAULT = "provider_fault"  # the provider broke while answering; it may have happened
    UNTRUSTED_MESSAGE = "untrusted_message"  # a message that claims to be the provider's is not


@dataclass(frozen=True)
class Telling:
    """What a failure means to those who meet it."""

    donor: str | Promise
    operator: str | Promise
    may_have_happened: bool  # True: ask again with the same key, never with another
    expected: bool  # True: part of an ordinary day; False: somebody has to look


_TROUBLE_WITH_US = _(
    "The payment page can't be opened at the moment. You have not been charged. Please try again later."
)

TELLINGS: dict[FailureKind, Telling] = {
    FailureKind.CARD_DECLINED: Telling(
        donor=_("The bank did not accept this payment. You have not been charged. You can try another way to pay."),
        operator=_("The donor's bank declined. Nothing to do."),
        may_have_happened=False,
        expected=True,
    ),
    FailureKind.RATE_LIMITED: Telling(
        donor=_("Many people are giving at this moment. You have not been charged. Please try again in a minute."),
        operator=_("The provider limits our requests. If it lasts, look for a loop and spread the work."),
        may_have_happened=False,
        expected=True,
    ),
    FailureKind.TIMED_OUT: Telling(
        donor=_("The payment provider did not answer. Please try again in a minute: you will not be charged twice."),
        operator=_("No answer in time. It is asked again with the same key; look at the provider's status page."),
        may_have_happened=True,
        expected=True,
    ),
    FailureKind.STILL_PENDING: Telling(
        donor=_("Your donation is already being prepared. Please wait a moment and try again."),
        operator=_("Two of our processes asked the same. The first one's answer is used."),
        may_have_happened=True,
        expected=True,
    ),
    FailureKind.KEY_REUSED: Telling(
        donor=_TROUBLE_WITH_US,
        operator=_("An idempotency key was sent twice with different parameters. A mistake in the program: report it."),
        may_have_happened=True,
        expected=False,
    ),
    FailureKind.NOT_AUTHENTICATED: Telling(
        donor=_TROUBLE_WITH_US,
        operator=_("The provider does not accept our key. Check the key in the settings; no donation gets through."),
        may_have_happened=False,
        expected=False,
    ),
    FailureKind.NOT_PERMITTED: Telling(
        donor=_TROUBLE_WITH_US,
        operator=_("Our key lacks a permission. Compare the restricted key's rights with the operations guide."),
        may_have_happened=False,
        expected=False,
    ),
    FailureKind.INVALID_REQUEST: Telling(
        donor=_TROUBLE_WITH_US,
        operator=_("The provider refused a parameter. A mistake in the program, or a changed account: report it."),
        may_have_happened=False,
        expected=False,
    ),
    FailureKind.NOT_FOUND: Telling(
        donor=_TROUBLE_WITH_US,
        operator=_("The provider does not know this object. Check that key and account belong together."),
        may_have_happened=False,
        expected=False,
    ),
    FailureKind.PROVIDER_FAULT: Telling(
        donor=_("The payment provider has trouble. Please try again in a minute: you will not be charged twice."),
        operator=_("The provider answered with its own error. It is asked again with the same key."),
        may_have_happened=True,
        expected=True,
    ),
    FailureKind.UNTRUSTED_MESSAGE: Telling(
        donor=_TROUBLE_WITH_US,
        operator=_("A message with a wrong signature was refused. If they are many, check the webhook secrets."),
        may_have_happened=False,
        expected=True,
    ),
}
