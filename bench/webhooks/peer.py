"""dj-stripe 2.11, in a virtual environment and a minimal project of its own, on the same PostgreSQL server.

Its endpoint does what it does by default: it stores the request, checks the signature, stores the event, fetches the object
anew with its own SDK and stores that and what it refers to, all before it answers.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.webhooks.stripe_words import SECRET
from shop.embedded import OWNER_ROLE, EmbeddedPostgres

DATABASE = "bench_djstripe"
NAME = "dj-stripe 2.11.0"
REQUIREMENTS = Path(__file__).with_name("peer.txt")

SETTINGS = """
import os
from urllib.parse import urlsplit

_url = urlsplit(os.environ["PEER_DATABASE_URL"])
SECRET_KEY = "bench"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "peer_urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "djstripe",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": _url.path[1:], "USER": _url.username,
    "PASSWORD": _url.password, "HOST": _url.hostname, "PORT": _url.port, "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True}}
STRIPE_LIVE_MODE = False
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
STRIPE_TEST_SECRET_KEY = "sk_test_" + "b" * 24
STRIPE_API_HOST = os.environ["PEER_API_BASE"]
"""

URLS = """
from django.urls import include, path

urlpatterns = [path("stripe/", include("djstripe.urls", namespace="djstripe"))]
"""

WSGI = """
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
"""

SEED = f'''
"""Its account, as it knows it from its key, and the endpoint with its secret."""
import django

django.setup()

from django.conf import settings
from django.urls import reverse
from djstripe.models import Account, WebhookEndpoint

account = Account.get_or_retrieve_for_api_key(settings.STRIPE_TEST_SECRET_KEY)
endpoint = WebhookEndpoint.objects.create(
    id="we_bench", djstripe_owner_account=account, livemode=False, secret="{SECRET}", api_version="",
    enabled_events=["*"], status="enabled", url="https://store.example.org/stripe/webhook/",
)
print(reverse("djstripe:djstripe_webhook_by_uuid", args=[endpoint.djstripe_uuid]))
'''

COUNT = """
SELECT (SELECT count(*) FROM djstripe_event), (SELECT count(*) FROM djstripe_webhookeventtrigger WHERE processed),
    (SELECT count(*) FROM djstripe_charge) + (SELECT count(*) FROM djstripe_paymentintent)
    + (SELECT count(*) FROM djstripe_invoice) + (SELECT count(*) FROM djstripe_subscription)
    + (SELECT count(*) FROM djstripe_session)
"""


@dataclass(frozen=True)
class Peer:
    """How to start it, and where it takes webhooks."""

    gunicorn: list[str]
    environment: dict[str, str]
    folder: Path
    path: str


def prepare(*, home: Path, postgres: EmbeddedPostgres, api_base: str) -> Peer:
    """Installs it the first time, writes the project, migrates, and tells it of its account and endpoint."""
    venv, project = home / "djstripe-venv", home / "djstripe"
    python = _installed(venv)
    project.mkdir(parents=True, exist_ok=True)
    files = {"peer_settings.py": SETTINGS, "peer_urls.py": URLS, "peer_wsgi.py": WSGI, "seed.py": SEED}
    for name, text in files.items():
        (project / name).write_text(text)
    postgres.drop_database(DATABASE)
    postgres.ensure_database(DATABASE)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "PYTHON"))} | {
        "DJANGO_SETTINGS_MODULE": "peer_settings",
        "PYTHONPATH": str(project),
        "PEER_DATABASE_URL": postgres.url(DATABASE, role=OWNER_ROLE),
        "PEER_API_BASE": api_base,
    }
    _run([str(python), "-m", "django", "migrate", "-v0"], environment, project)
    path = _run([str(python), "seed.py"], environment, project).split()[-1]
    command = [str(venv / "bin" / "gunicorn"), "peer_wsgi:application"]
    return Peer(gunicorn=command, environment=environment, folder=project, path=path)


def counted(postgres: EmbeddedPostgres) -> tuple[int, int, int]:
    """How many events it has stored and processed, and how many objects of the five main kinds."""
    with psycopg.connect(postgres.url(DATABASE, role=OWNER_ROLE)) as connection:
        row = connection.execute(COUNT).fetchone()
    assert row is not None
    return int(row[0]), int(row[1]), int(row[2])


def _run(command: list[str], environment: dict[str, str], folder: Path) -> str:
    """What the command printed; ends the benchmark when it fails."""
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{NAME} could not be made:\n{done.stderr[-2000:]}")
    return done.stdout


def _installed(venv: Path) -> Path:
    """Its interpreter; installed anew when the pinned versions changed."""
    python, stamp = venv / "bin" / "python", venv / "installed"
    pinned = REQUIREMENTS.read_text()
    if not stamp.exists() or stamp.read_text() != pinned:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        installed = subprocess.run([*install, "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=False)
        if installed.returncode:
            sys.exit(f"{NAME} could not be installed:\n{installed.stderr[-2000:]}")
        stamp.write_text(pinned)
    return python
