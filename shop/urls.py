"""Every address of the shop. Pages for people carry their language; machines' addresses don't.

The bare "/" is nobody's: the locale middleware leads from it to the reader's language.
"""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from shop import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", include("payments.urls")),
    path("seal/", include("transparency.verification.seal_urls")),
    path("", include("shop.storefront.root_urls")),
    path("api/v1/", include("transparency.api.urls")),
    *i18n_patterns(
        path("reports/", include("transparency.urls")),
        path("verify/", include("transparency.verification.urls")),
        path("evidence/", include("aid_packages.evidence.urls")),
        path("dashboard/desk/", include("shop.staff.urls")),
        path("", include("shop.giving.urls")),
        path("dashboard/", include("shop.staff.dashboard_urls")),
        path("", include("shop.storefront.urls")),
        prefix_default_language=True,
    ),
]
