"""Which applications make the shop: Django's, Oscar's (checkout forked), ours.

Oscar's reviews, vouchers and the like stay installed because its own tables refer to them; they have no page.
"""

from oscar import INSTALLED_APPS as OSCAR_APPS

FORKED = {"oscar.apps.checkout.apps.CheckoutConfig": "shop.forks.checkout.apps.CheckoutConfig"}
OURS = [
    "core",
    "ledger",
    "seal",
    "donors",
    "payments",
    "aid_packages",
    "aid_packages.deliveries",
    "aid_packages.evidence",
    "transparency",
    "transparency.attribution",
    "shop",
]

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    *(FORKED.get(app, app) for app in OSCAR_APPS if app != "django.contrib.admin"),
    "csp",
    *OURS,
]
