"""Texts kept in several languages as one JSON value: {"pl": ..., "en": ...}."""

from collections.abc import Mapping

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

Texts = dict[str, str]
COMPLETE = ("pl", "en")


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """The text in the reader's language, else in Polish, the house's own."""
    wanted = (language or get_language() or "pl").split("-")[0]
    return texts.get(wanted) or texts["pl"]


def texts_constraint(field: str, *, name: str) -> models.CheckConstraint:
    """A CHECK that `field` speaks Polish and English, neither of them empty."""
    spoken = Q()
    for language in COMPLETE:
        spoken &= Q(**{f"{field}__has_key": language}) & ~Q(**{f"{field}__{language}": ""})
    return models.CheckConstraint(condition=spoken, name=name)
