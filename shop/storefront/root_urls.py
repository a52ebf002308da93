"""Addresses that machines ask for at the root, without a language: robots.txt and sitemap.xml."""

from django.urls import path

from shop.storefront.views import machines

urlpatterns = [
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
]
