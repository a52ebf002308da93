"""Verbs: publishing packages, loading a catalogue, allocating and spending."""

from aid_packages.operations.catalogue_file import DEMO_CATALOGUE, CatalogueInvalid
from aid_packages.operations.load_catalogue import Loaded, load_catalogue
from aid_packages.operations.publish_package import DoesNotAddUp, NewItem, publish_package

__all__ = [
    "DEMO_CATALOGUE",
    "CatalogueInvalid",
    "DoesNotAddUp",
    "Loaded",
    "NewItem",
    "load_catalogue",
    "publish_package",
]
