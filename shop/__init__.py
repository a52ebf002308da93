"""The composition root: settings, addresses, and the pages of donors and staff."""

from shop.celery import app as celery_app

__all__ = ["celery_app"]
