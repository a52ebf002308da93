"""The demo's environment: made-up secrets, made once and kept under var/, and the addresses of its parts."""

import base64
import json
import os
import secrets
from pathlib import Path

STAFF = (("prepares", "ada"), ("approves", "bartek"))


def _secrets(home: Path) -> dict[str, str]:
    file = home / "secrets.json"
    if not file.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DONOR_KEY_WRAPPING_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "DONOR_HASH_KEY": secrets.token_urlsafe(32),
            "SEAL_SIGNING_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "STRIPE_WEBHOOK_SECRETS": "whsec_" + secrets.token_hex(16),
            "STRIPE_API_KEY": "sk_test_" + secrets.token_hex(12),
        }
        made |= {f"DEMO_PASSWORD_{name.upper()}": secrets.token_urlsafe(12) for _, name in STAFF}
        file.touch(mode=0o600)
        file.write_text(json.dumps(made, indent=1))
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


def sign_ins(home: Path) -> list[tuple[str, str, str]]:
    """(what they do, name, password) of each of the demo's staff."""
    kept = _secrets(home)
    return [(role, name, kept[f"DEMO_PASSWORD_{name.upper()}"]) for role, name in STAFF]


def demo_environment(
    *, home: Path, port: int, sandbox_port: int, database: str, owner: str, broker: str
) -> dict[str, str]:
    """The whole environment of the demo's processes; the caller's own settings of the shop don't leak in."""
    mail = home / "mail"
    mail.mkdir(parents=True, exist_ok=True)
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    return (
        inherited
        | _secrets(home)
        | {
            "DJANGO_SETTINGS_MODULE": "shop.settings.development",
            "DEMO": "true",
            "DATABASE_URL": database,
            "DATABASE_OWNER_URL": owner,
            "BROKER_URL": broker,
            "SITE_URL": f"http://127.0.0.1:{port}",
            "SEAL_ORIGIN": "demo.store.invalid/seal",
            "STRIPE_API_BASE": f"http://127.0.0.1:{sandbox_port}",
            "EMAIL_URL": f"filemail:///{mail}",
            "STATIC_ROOT": str(home / "static"),
            "MEDIA_ROOT": str(home / "media"),
            "PYTHONUNBUFFERED": "1",
        }
    )
