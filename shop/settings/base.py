"""What every environment shares. Each variable read here stands in the table of docs/operations.md; a test says so."""

from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from oscar.defaults import *

from shop.settings.apps import INSTALLED_APPS as APPS
from shop.settings.logging import logging_config

django_stubs_ext.monkeypatch()
env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent

# --- who may ask ---
SECRET_KEY = env.str("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DEMO = env.bool("DEMO", default=False)

# --- the house ---
INSTALLED_APPS = APPS
AUTH_USER_MODEL = "core.User"
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_ID = 1
MIDDLEWARE = [
    "shop.storefront.cache.StrangersPageCache",
    "shop.permissions.PermissionsPolicy",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.storefront.context.page",
                "shop.staff.context.desk",
            ],
        },
    }
]

# --- the database ---
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgresql://swb_app@127.0.0.1:5432/store")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", default="swb_app")

# --- the queue: PostgreSQL is the record, the broker a hint ---
BROKER_URL = env.str("BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# A report may take minutes and a mail server may hang: neither may stand in the way of a payment. And a hundred thousand
# notices that waited may not stand in the way of anything else.
CELERY_TASK_ROUTES = {
    "payments.process_event": {"queue": "events"},
    "transparency.build_report": {"queue": "long"},
    "transparency.audit_books": {"queue": "long"},
    "attribution.line_up_day": {"queue": "long"},
    "transparency.keep_mark": {"queue": "long"},
    "transparency.mail_readers": {"queue": "long"},
    "deliveries.check_import": {"queue": "long"},
    "deliveries.book_import": {"queue": "long"},
    "donors.send_mail": {"queue": "mail"},
    "donors.sweep_mails": {"queue": "mail"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "visibility_timeout": 3600,
    # Who sends a hint never waits for a broker that is down: without this each hint costs six seconds of a donor's page.
    # Workers keep trying for ever all the same (broker_connection_max_retries).
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# --- Help ---
# What one person of the staff may set aside alone in emergencies that nobody has countersigned yet, in grosze.
EMERGENCY_CAP_MINOR = env.int("EMERGENCY_CAP_MINOR", default=500_000)

# --- Reports ---
# The largest difference, in grosze, that a treasurer may accept in a report, with a reason that it prints.
REPORT_DIFFERENCE_CAP_MINOR = env.int("REPORT_DIFFERENCE_CAP_MINOR", default=10_000)

# --- Stripe ---
ERASURE_LOG_FILE = env.str("ERASURE_LOG_FILE", default="")
"""Where each erasure is noted outside the database, so that a restored one forgets again; empty: nowhere by itself."""

STRIPE_API_KEY = env.str("STRIPE_API_KEY", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="https://api.stripe.com")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])
STRIPE_ACCOUNT = env.str("STRIPE_ACCOUNT", default="")
STRIPE_LIVEMODE = env.bool("STRIPE_LIVEMODE", default=False)

# --- personal data ---
DONOR_KEY_WRAPPING_KEYS = env.list("DONOR_KEY_WRAPPING_KEYS", default=[])
DONOR_HASH_KEY = env.str("DONOR_HASH_KEY", default="")

# --- the seal: keys that sign the log of reports, and where its checkpoints go besides ---
SEAL_SIGNING_KEYS = env.list("SEAL_SIGNING_KEYS", default=[])
SEAL_ORIGIN = env.str("SEAL_ORIGIN", default="")
SEAL_TIMESTAMP_URL = env.str("SEAL_TIMESTAMP_URL", default="")
SEAL_MIRRORS = env.list("SEAL_MIRRORS", default=[])

# --- mail ---
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="SBG <store@store.invalid>")
STAFF_EMAIL = env.str("STAFF_EMAIL", default="staff@store.invalid")

# --- the donee: who receives the money, and stands on every receipt ---
DONEE = {
    "name": env.str("DONEE_NAME", default="Fundacja Pomocy Bez Granic (demo)"),
    "krs": env.str("DONEE_KRS", default="0000000000"),
    "nip": env.str("DONEE_NIP", default="0000000000"),
    "address": env.str("DONEE_ADDRESS", default="ul. Przykładowa 1, 00-000 Warszawa"),
}

# --- language and time ---
LANGUAGE_CODE = "pl"
LANGUAGES = [("pl", _("Polish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- static files ---
STATIC_URL = "/static/"
# Fonts and drawings keep their names, so that a page can name them without a look-up: a day, not for ever.
WHITENOISE_MAX_AGE = 86_400
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "shop" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "shop.static_storage.HashedStorage"},
}
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media")))
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
# Sent files are kept in memory and never on a disk: a photograph may say where somebody is.
FILE_UPLOAD_HANDLERS = ["core.uploads.MemoryOnly"]

# --- sessions are for staff; a donor has none ---
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "dashboard:login"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What limits count, for all processes together. It may be lost at any time, and then no page fails.
    "counts": {"BACKEND": "core.shared_counts.SharedCounts", "LOCATION": BROKER_URL, "KEY_PREFIX": "counts"},
}

# --- what a browser may do with our pages ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF, *env.list("CHECKOUT_ORIGINS", default=["https://checkout.stripe.com"])],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# --- Oscar: only what we use, and quiet ---
OSCAR_SHOP_NAME = "Store Without Borders"
OSCAR_DEFAULT_CURRENCY = "PLN"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_SAVE_SENT_EMAILS_TO_DB = False
OSCAR_INITIAL_ORDER_STATUS = "awaiting"
OSCAR_INITIAL_LINE_STATUS = "awaiting"
OSCAR_ORDER_STATUS_PIPELINE = {"awaiting": ("paid", "released"), "released": ("paid",), "paid": ()}
OSCAR_HIDDEN_FEATURES = ["reviews", "wishlists"]
OSCAR_BASKET_COOKIE_OPEN = "basket"
OSCAR_BASKET_COOKIE_SECURE = False
OSCAR_DASHBOARD_NAVIGATION = []
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}

LOGGING = logging_config(level=env.str("LOG_LEVEL", default="INFO"))
LOGGING_CONFIG = "logging.config.dictConfig"
