"""The names of every package that has a page."""

from aid_packages.models import AidPackage


def public_slugs() -> list[str]:
    """Slugs in the order of the catalogue. One query."""
    return [sku.lower() for sku in AidPackage.objects.filter(public=True).values_list("sku", flat=True)]
