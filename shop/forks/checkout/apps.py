"""The fork of Oscar's checkout application: the same label, our addresses."""

from django.urls import URLPattern, path
from oscar.apps.checkout.apps import CheckoutConfig as OscarCheckoutConfig


class CheckoutConfig(OscarCheckoutConfig):
    """One page instead of Oscar's six; see README.md beside."""

    name = "shop.forks.checkout"

    def ready(self) -> None:
        """Oscar would load the views of its steps here; none of them has an address any more."""

    def get_urls(self) -> list[URLPattern]:
        """What the storefront mounts among its own addresses."""
        from shop.forks.checkout import views

        return [
            path("give/checkout/", views.Checkout.as_view(), name="checkout"),
            path("give/checkout/reopen/", views.reopen, name="checkout_reopen"),
            path("give/cancelled/<slug:token>/", views.cancelled, name="checkout_cancelled"),
        ]
