"""The addresses of the public pages, under /<language>/.

The checkout's own are a fork of Oscar's application; as in Oscar, they are asked of the application registry, so that
the storefront needs no import of it.
"""

from django.apps import apps
from django.urls import path

from shop.storefront.views import basket, give, give_monthly, home, needs, packages, prose, thank_you, thank_you_monthly

app_name = "storefront"

urlpatterns = [
    path("", home.home, name="home"),
    path("needs/", needs.needs, name="needs"),
    path("needs/<slug:code>/", needs.need, name="need"),
    path("packages/<slug:slug>/", packages.package, name="package"),
    path("basket/", basket.basket, name="basket"),
    path("basket/add/", basket.add, name="basket_add"),
    path("basket/add/confirmed/", basket.add_confirmed, name="basket_add_confirmed"),
    path("basket/change/", basket.change, name="basket_change"),
    path("give/", give.choose, name="give"),
    path("give/monthly/details/", give_monthly.GiveMonthly.as_view(), name="give_monthly"),
    path("give/details/", give.GiveOnce.as_view(), name="give_details"),
    *apps.get_app_config("checkout").get_urls(),
    path("thank-you/monthly/<slug:token>/", thank_you_monthly.thank_you_monthly, name="thank_you_monthly"),
    path("thank-you/monthly/<slug:token>/cancelled/", thank_you_monthly.monthly_cancelled, name="monthly_cancelled"),
    path("thank-you/<slug:token>/", thank_you.thank_you, name="thank_you"),
    path("how-we-work/", prose.how_we_work, name="how_we_work"),
    path("is-it-safe/", prose.safety, name="safety"),
    path("privacy/", prose.privacy, name="privacy"),
    path("terms/", prose.terms, name="terms"),
    path("terms/<slug:version>/", prose.terms_version, name="terms_version"),
    path("contact/", prose.contact, name="contact"),
]
