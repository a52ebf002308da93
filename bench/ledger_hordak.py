"""django-hordak 2.0, in a virtual environment and a minimal Django project of its own, on the same server."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg

from shop.embedded import OWNER_ROLE, EmbeddedPostgres

DATABASE = "bench_hordak"
PACKAGES = ["django-hordak==2.0.0", "django>=5.2,<5.3", "psycopg[binary]", "setuptools"]

SETTINGS = """
import os
from urllib.parse import urlsplit

_url = urlsplit(os.environ["HORDAK_DATABASE_URL"])
SECRET_KEY = "bench"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": _url.path[1:], "USER": _url.username,
    "PASSWORD": _url.password, "HOST": _url.hostname, "PORT": _url.port}}
DEFAULT_CURRENCY = "PLN"
CURRENCIES = ["PLN"]
"""

POSTER = '''
"""One process that posts single transfers with hordak's own shortcut, each committed by itself."""
import argparse
import time

import django

django.setup()

from django.db import connection, transaction
from hordak.models import Account, AccountType
from moneyed import Money

parser = argparse.ArgumentParser()
parser.add_argument("--books", action="store_true")
parser.add_argument("--start-at", type=float, default=0)
parser.add_argument("--seconds", type=float, default=1)
options = parser.parse_args()
if options.books:
    Account.objects.create(name="cash", code="1", type=AccountType.asset, currencies=["PLN"])
    Account.objects.create(name="gifts", code="2", type=AccountType.income, currencies=["PLN"])
else:
    cash, gifts = Account.objects.get(code="1"), Account.objects.get(code="2")
    time.sleep(max(0, options.start_at - time.time()))
    began, posted = time.monotonic(), 0
    while time.monotonic() - began < options.seconds:
        with transaction.atomic():
            gifts.transfer_to(cash, Money(185, "PLN"), description=f"bench:{options.start_at}:{posted}")
        posted += 1
    connection.close()
    print(posted / (time.monotonic() - began))
'''


@dataclass(frozen=True)
class Prepared:
    """How to start one of its processes."""

    command: list[str]
    environment: dict[str, str]


def prepare(*, home: Path, postgres: EmbeddedPostgres) -> Prepared:
    """Installs it from the package index the first time, writes the project, migrates and opens two accounts."""
    python = _installed(home / "hordak-venv")
    project = Path(tempfile.mkdtemp(prefix="hordak-"))
    (project / "bench_settings.py").write_text(SETTINGS)
    (project / "poster.py").write_text(POSTER)
    with psycopg.connect(postgres.url("postgres", role="postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    postgres.ensure_database(DATABASE)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "PYTHON"))} | {
        "DJANGO_SETTINGS_MODULE": "bench_settings",
        "PYTHONPATH": str(project),
        "HORDAK_DATABASE_URL": postgres.url(DATABASE, role=OWNER_ROLE),
    }
    command = [str(python), str(project / "poster.py")]
    subprocess.run([str(python), "-m", "django", "migrate", "-v0"], env=environment, check=True)
    subprocess.run([*command, "--books"], env=environment, check=True)
    return Prepared(command=command, environment=environment)


def _installed(venv: Path) -> Path:
    python = venv / "bin" / "python"
    stamp = venv / "installed"
    if not stamp.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        installed = subprocess.run(install, capture_output=True, text=True, check=False)
        if installed.returncode:
            sys.exit(f"django-hordak could not be installed:\n{installed.stderr[-2000:]}")
        stamp.touch()
    return python
