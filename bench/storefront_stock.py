"""A stock django-oscar 4.2.1 shop: from the package index, in its own virtual environment, with a minimal project."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg

from shop.embedded import OWNER_ROLE, EmbeddedPostgres

DATABASE = "bench_stock"
PACKAGES = ["django-oscar[sorl-thumbnail]==4.2.1", "django>=5.2,<5.3", "psycopg[binary]", "gunicorn", "setuptools"]
PRODUCTS = 14

SETTINGS = """
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from oscar.defaults import *
from oscar import INSTALLED_APPS as OSCAR_APPS

_url = urlsplit(os.environ["STOCK_DATABASE_URL"])
BASE_DIR = Path(__file__).parent
SECRET_KEY = "bench"
INSTALLED_APPS = [*OSCAR_APPS, "sorl.thumbnail"]
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
SITE_ID = 1
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / "media"
ROOT_URLCONF = "stock_urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
    "context_processors": [
        "django.template.context_processors.debug",
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.template.context_processors.i18n",
        "django.contrib.messages.context_processors.messages",
        "oscar.apps.search.context_processors.search_form",
        "oscar.apps.checkout.context_processors.checkout",
        "oscar.core.context_processors.metadata",
    ]}}]
AUTHENTICATION_BACKENDS = ("oscar.apps.customer.auth_backends.EmailBackend",)
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": _url.path[1:], "USER": _url.username,
    "PASSWORD": _url.password, "HOST": _url.hostname, "PORT": _url.port, "CONN_MAX_AGE": 60}}
"""

URLS = """
from django.apps import apps
from django.urls import include, path

urlpatterns = [path("i18n/", include("django.conf.urls.i18n")), path("", include(apps.get_app_config("oscar").urls[0]))]
"""

WSGI = """
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
"""

SEED = f'''
"""The same number of products as ours, in one category, each with a price and a text."""
import json

import django

django.setup()

from decimal import Decimal

from oscar.apps.catalogue.categories import create_from_breadcrumbs
from oscar.apps.catalogue.models import Product, ProductCategory, ProductClass
from oscar.apps.partner.models import Partner, StockRecord

category = create_from_breadcrumbs("Help")
product_class = ProductClass.objects.create(name="Package", track_stock=False, requires_shipping=False)
partner = Partner.objects.create(name="store")
for number in range({PRODUCTS}):
    product = Product.objects.create(
        title=f"Package {{number}}", product_class=product_class, description="What is inside, in a sentence or two. " * 4
    )
    ProductCategory.objects.create(product=product, category=category)
    StockRecord.objects.create(
        product=product, partner=partner, partner_sku=str(number), price=Decimal("185.00"), price_currency="PLN"
    )
print(json.dumps({{"category": category.get_absolute_url(), "product": product.get_absolute_url()}}))
'''


@dataclass(frozen=True)
class Stock:
    """How to start the stock shop, and the addresses of its pages."""

    gunicorn: list[str]
    environment: dict[str, str]
    folder: Path
    pages: dict[str, str]


def prepare(*, home: Path, postgres: EmbeddedPostgres) -> Stock:
    """Installs it the first time, writes the project, migrates, and fills it."""
    venv, project = home / "stock-venv", home / "stock"
    python = _installed(venv)
    project.mkdir(parents=True, exist_ok=True)
    files = {"stock_settings.py": SETTINGS, "stock_urls.py": URLS, "stock_wsgi.py": WSGI, "seed.py": SEED}
    for name, text in files.items():
        (project / name).write_text(text)
    with psycopg.connect(postgres.url("postgres", role="postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    postgres.ensure_database(DATABASE)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "PYTHON"))} | {
        "DJANGO_SETTINGS_MODULE": "stock_settings",
        "PYTHONPATH": str(project),
        "STOCK_DATABASE_URL": postgres.url(DATABASE, role=OWNER_ROLE),
    }
    _run([str(python), "-m", "django", "migrate", "-v0"], environment, project)
    seeded = _run([str(python), "seed.py"], environment, project)
    pages = _pages(seeded)
    command = [str(venv / "bin" / "gunicorn"), "stock_wsgi:application"]
    return Stock(gunicorn=command, environment=environment, folder=project, pages=pages)


def _run(command: list[str], environment: dict[str, str], folder: Path) -> str:
    """What the command printed; ends the benchmark when it fails."""
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the stock shop could not be made:\n{done.stderr[-2000:]}")
    return done.stdout


def _pages(printed: str) -> dict[str, str]:

    made = json.loads(printed.strip().splitlines()[-1])
    return {"home": "/catalogue/", "need": made["category"], "package": made["product"]}


def _installed(venv: Path) -> Path:
    python, stamp = venv / "bin" / "python", venv / "installed"
    if not stamp.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        installed = subprocess.run(install, capture_output=True, text=True, check=False)
        if installed.returncode:
            sys.exit(f"the stock shop could not be installed:\n{installed.stderr[-2000:]}")
        stamp.touch()
    return python
