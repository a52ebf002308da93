"""`manage.py check --deploy` with production's settings and an environment in which nothing is missing; any warning fails."""

import base64
import os
import secrets
import subprocess
import sys

MADE_UP = {
    "DJANGO_SETTINGS_MODULE": "shop.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "DATABASE_URL": "postgresql://store@127.0.0.1:5432/store",
    "BROKER_URL": "redis://127.0.0.1:6379/0",
    "ALLOWED_HOSTS": "store.example",
    "SITE_URL": "https://store.example",
    "STRIPE_API_KEY": "sk_live_" + secrets.token_hex(12),
    "STRIPE_WEBHOOK_SECRETS": "whsec_" + secrets.token_hex(12),
    "STRIPE_ACCOUNT": "acct_example",
    "STRIPE_LIVEMODE": "true",
    "DONOR_KEY_WRAPPING_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "DONOR_HASH_KEY": secrets.token_urlsafe(32),
    "SEAL_SIGNING_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "EMAIL_URL": "smtp+tls://mail.example:587",
    "DEFAULT_FROM_EMAIL": "store@store.example",
    "DONEE_NAME": "Example",
    "DONEE_KRS": "0000000000",
    "DONEE_NIP": "0000000000",
    "DONEE_ADDRESS": "Example",
}


def main() -> int:
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}} | MADE_UP
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
