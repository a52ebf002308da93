"""The adapter to Stripe: the one place of the product that imports its SDK."""

from functools import lru_cache

from django.conf import settings

from payments.provider import Provider
from payments.stripe.adapter import StripeProvider

__all__ = ["StripeProvider", "from_settings"]

CONNECT_AND_READ_SECONDS = (5.0, 25.0)


def from_settings() -> Provider:
    """The adapter as the settings describe it; one for each set of settings, since it keeps connections open."""
    connect, read = getattr(settings, "STRIPE_TIMEOUT", CONNECT_AND_READ_SECONDS)
    return _made(
        api_key=settings.STRIPE_API_KEY,
        api_base=settings.STRIPE_API_BASE,
        webhook_secrets=tuple(settings.STRIPE_WEBHOOK_SECRETS),
        account=settings.STRIPE_ACCOUNT,
        livemode=bool(settings.STRIPE_LIVEMODE),
        timeout=(float(connect), float(read)),
    )


@lru_cache(maxsize=8)
def _made(
    *,
    api_key: str,
    api_base: str,
    webhook_secrets: tuple[str, ...],
    account: str,
    livemode: bool,
    timeout: tuple[float, float],
) -> StripeProvider:
    return StripeProvider(
        api_key=api_key,
        api_base=api_base,
        webhook_secrets=webhook_secrets,
        account=account,
        livemode=livemode,
        timeout=timeout,
    )
