"""A developer's own machine, and the demo: loopback only, keys that are worth nothing elsewhere."""

import os

# Worth nothing outside this machine; production refuses to start with them.
os.environ.setdefault("SECRET_KEY", "development-only-and-refused-in-production")
os.environ.setdefault("DONOR_KEY_WRAPPING_KEYS", "ZGV2ZWxvcG1lbnQtb25seS13cmFwcGluZy1rZXktMzI=")
os.environ.setdefault("DONOR_HASH_KEY", "development-only-hash-key")
os.environ.setdefault("SEAL_SIGNING_KEYS", "ZGV2ZWxvcG1lbnQtb25seS1zZWFsLWtleS0zMi1ieXQ=")

from shop.settings.base import *

ENVIRONMENT = "development"
DEBUG = env.bool("DEBUG", default=False)
STORAGES["staticfiles"]["BACKEND"] = env.str("STATIC_STORAGE", default="shop.static_storage.HashedStorage")
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += ["http://127.0.0.1:*", "http://localhost:*"]
