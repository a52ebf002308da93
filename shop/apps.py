"""The shop itself as a Django application: its commands, tasks and static files."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = "Store Without Borders"
