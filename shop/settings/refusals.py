"""What production refuses to start with: each refusal names the variable and what to do."""

from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

REQUIRED = (
    "SECRET_KEY",
    "DATABASE_URL",
    "BROKER_URL",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "STRIPE_API_KEY",
    "STRIPE_WEBHOOK_SECRETS",
    "STRIPE_ACCOUNT",
    "DONOR_KEY_WRAPPING_KEYS",
    "DONOR_HASH_KEY",
    "SEAL_SIGNING_KEYS",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "DONEE_NAME",
    "DONEE_KRS",
    "DONEE_NIP",
    "DONEE_ADDRESS",
)
STRIPE_HOSTS = frozenset({"api.stripe.com"})
LIVE_KEYS = ("sk_live_", "rk_live_")


def refuse_unsafe(*, env: environ.Env, debug: bool) -> None:
    """Raises ImproperlyConfigured naming every variable that is missing or unsafe for a shop that takes real money."""
    faults = [f"{name} is not set" for name in REQUIRED if not env.str(name, default="").strip()]
    if debug:
        faults.append("DEBUG is on: it shows the inside of the shop to strangers")
    secret = env.str("SECRET_KEY", default="")
    if secret and (len(secret) < 50 or secret.startswith("development-only")):
        faults.append("SECRET_KEY is shorter than 50 characters or one of the development keys")
    key = env.str("STRIPE_API_KEY", default="")
    if key and not key.startswith(LIVE_KEYS):
        faults.append("STRIPE_API_KEY is a test or sandbox key: no real donation would be taken")
    base = urlsplit(env.str("STRIPE_API_BASE", default="https://api.stripe.com"))
    if base.scheme != "https" or base.netloc not in STRIPE_HOSTS:
        faults.append("STRIPE_API_BASE is not Stripe's own address")
    if not env.bool("STRIPE_LIVEMODE", default=False):
        faults.append("STRIPE_LIVEMODE is off: every real payment would be refused as another mode's")
    site = env.str("SITE_URL", default="")
    if site and not site.startswith("https://"):
        faults.append("SITE_URL does not begin with https://: receipts' links would travel in the clear")
    if env.bool("DEMO", default=False):
        faults.append("DEMO is on: the demo's partners and figures are invented")
    if faults:
        raise ImproperlyConfigured("The shop refuses to start:\n- " + "\n- ".join(faults))
