"""Stripe's errors in our words. The mapping is total: a class of the SDK that is not here fails a test."""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe
from stripe import oauth_error

from payments.failures import TELLINGS, FailureKind
from payments.provider import ProviderError, ProviderRefused, ProviderUnavailable

KINDS: dict[type[stripe.StripeError], FailureKind] = {
    stripe.CardError: FailureKind.CARD_DECLINED,
    stripe.RateLimitError: FailureKind.RATE_LIMITED,
    stripe.APIConnectionError: FailureKind.TIMED_OUT,
    stripe.APIError: FailureKind.PROVIDER_FAULT,
    stripe.IdempotencyError: FailureKind.KEY_REUSED,
    stripe.AuthenticationError: FailureKind.NOT_AUTHENTICATED,
    stripe.PermissionError: FailureKind.NOT_PERMITTED,
    stripe.InvalidRequestError: FailureKind.INVALID_REQUEST,
    stripe.SignatureVerificationError: FailureKind.UNTRUSTED_MESSAGE,
    # The classes below belong to products that we don't use. Each is still a clear no.
    stripe.AlreadyCanceledError: FailureKind.INVALID_REQUEST,
    stripe.BlockedByStripeError: FailureKind.NOT_PERMITTED,
    stripe.CannotProceedError: FailureKind.INVALID_REQUEST,
    stripe.CapabilityNotEnabledError: FailureKind.NOT_PERMITTED,
    stripe.ControlledByAlternateResourceError: FailureKind.INVALID_REQUEST,
    stripe.FeatureNotEnabledError: FailureKind.NOT_PERMITTED,
    stripe.FinancialAccountNotOpenError: FailureKind.INVALID_REQUEST,
    stripe.FxQuoteNeedsRefreshError: FailureKind.INVALID_REQUEST,
    stripe.InsufficientFundsError: FailureKind.INVALID_REQUEST,
    stripe.InvalidPaymentMethodError: FailureKind.INVALID_REQUEST,
    stripe.InvalidPayoutMethodError: FailureKind.INVALID_REQUEST,
    stripe.InvalidVaultedCredentialError: FailureKind.INVALID_REQUEST,
    stripe.NotCancelableError: FailureKind.INVALID_REQUEST,
    stripe.QuotaExceededError: FailureKind.RATE_LIMITED,
    stripe.RecipientNotNotifiableError: FailureKind.INVALID_REQUEST,
    stripe.TemporarySessionExpiredError: FailureKind.INVALID_REQUEST,
    stripe.VerificationAttemptFailedError: FailureKind.INVALID_REQUEST,
    stripe.VerificationExpiredError: FailureKind.INVALID_REQUEST,
    stripe.VerificationNotInitiatedError: FailureKind.INVALID_REQUEST,
    oauth_error.InvalidClientError: FailureKind.NOT_AUTHENTICATED,
    oauth_error.InvalidGrantError: FailureKind.NOT_AUTHENTICATED,
    oauth_error.InvalidRequestError: FailureKind.INVALID_REQUEST,
    oauth_error.InvalidScopeError: FailureKind.NOT_PERMITTED,
    oauth_error.UnsupportedGrantTypeError: FailureKind.INVALID_REQUEST,
    oauth_error.UnsupportedResponseTypeError: FailureKind.INVALID_REQUEST,
}
"""Every concrete error class of the SDK. One that is neither here nor abstract raises KeyError, and a test finds it."""

ABSTRACT: frozenset[type[stripe.StripeError]] = frozenset(
    {stripe.StripeError, stripe.StripeErrorWithParamCode, oauth_error.OAuthError}
)

NO_EFFECT_BUT_WORTH_ASKING_AGAIN = frozenset({FailureKind.RATE_LIMITED})


def kind_of(error: stripe.StripeError) -> FailureKind:
    """Which of our kinds an SDK error is. Raises KeyError for a class that nobody has mapped."""
    if error.code == "idempotency_key_in_use" or error.http_status == 409:
        return FailureKind.STILL_PENDING
    if error.http_status == 404 or error.code == "resource_missing":
        return FailureKind.NOT_FOUND
    return KINDS[type(error)]


def in_our_words(error: stripe.StripeError) -> ProviderError:
    """The error that the rest of the house sees. The SDK's message stays behind: it can quote what the donor typed."""
    kind = kind_of(error)
    code = error.code or ""
    if isinstance(error, stripe.CardError) and error.error is not None:
        code = getattr(error.error, "decline_code", None) or code
    parameter = str(getattr(error, "param", None) or "")
    asking_again_helps = TELLINGS[kind].may_have_happened or kind in NO_EFFECT_BUT_WORTH_ASKING_AGAIN
    answer = ProviderUnavailable if asking_again_helps and kind is not FailureKind.KEY_REUSED else ProviderRefused
    return answer(kind=kind, code=code, parameter=parameter, request_ref=error.request_id or "")


@contextmanager
def told_in_our_words() -> Iterator[None]:
    """Turns every SDK error inside into ours, cutting the chain, since the original carries the request's body."""
    try:
        yield
    except stripe.StripeError as error:
        raise in_our_words(error) from None
