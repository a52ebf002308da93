"""What tests run with. The databases and the broker come from tests/conftest.py through the environment."""

import os

os.environ.setdefault("SECRET_KEY", "test-only")
os.environ.setdefault("DONOR_KEY_WRAPPING_KEYS", "dGVzdHMtb25seS13cmFwcGluZy1rZXktMzItYnl0ZXM=")
os.environ.setdefault("DONOR_HASH_KEY", "test-only-hash-key")
os.environ.setdefault("SEAL_SIGNING_KEYS", "dGVzdHMtb25seS1zZWFsLXNpZ25pbmcta2V5LTMyLWI=")
os.environ.setdefault("STRIPE_API_KEY", "sk_test_sandbox")
os.environ.setdefault("STRIPE_API_BASE", "http://127.0.0.1:1")
os.environ.setdefault("STRIPE_WEBHOOK_SECRETS", "whsec_sandbox")

from shop.settings.base import *

ENVIRONMENT = "test"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_AUTOREFRESH = True
DATABASES["default"]["CONN_MAX_AGE"] = 0
CACHES["counts"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "counts"}
