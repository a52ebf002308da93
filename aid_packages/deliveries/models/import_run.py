"""A file of rows that somebody handed in: read, shown, then booked all or nothing. The file itself is not kept."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy


class ImportKind(models.TextChoices):
    """What the rows of a file are."""

    LOTS = "lots", pgettext_lazy("import", "Lots")
    """Goods that came in."""
    DELIVERIES = "deliveries", pgettext_lazy("import", "Deliveries")
    """Goods that were handed on."""
    SERVICES = "services", pgettext_lazy("import", "Services")
    """Work that was done."""
    DOCUMENTS = "documents", pgettext_lazy("import", "Documents")
    """Invoices and bills, each to be accepted by another person as if it had been typed."""


class ImportState(models.TextChoices):
    """Where an import is in its life."""

    CHECKING = "checking", pgettext_lazy("import", "Being checked")
    """A worker tries every row, and lets go of all of them again."""
    READ = "read", pgettext_lazy("import", "Read, nothing booked yet")
    """A dry run: what would be booked is shown, and what is wrong is named."""
    WAITING = "waiting", pgettext_lazy("import", "Waiting for a worker")
    """Somebody said yes; a worker will begin soon."""
    BOOKING = "booking", pgettext_lazy("import", "Being booked")
    """A worker is at it; until it ends nothing of it is visible."""
    BOOKED = "booked", pgettext_lazy("import", "Booked")
    """Every row is booked; the rows as read are gone from here."""
    REFUSED = "refused", pgettext_lazy("import", "Refused")
    """A row could not be booked, so none was; the rows as read are gone from here but for what was wrong."""
    DROPPED = "dropped", pgettext_lazy("import", "Put aside")
    """Somebody said no, or a day passed; the rows as read are gone from here."""


class ImportRun(models.Model):
    """One file's way. `rows` holds what was read until it is booked or put aside, at most a day; never the file."""

    kind = models.CharField(max_length=10, choices=ImportKind.choices)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.CHECKING)
    content_key = models.CharField(max_length=64)
    """SHA-256 over kind and rows: the same content is booked once."""
    columns = models.JSONField(default=list)
    rows = models.JSONField(null=True)
    """[{"line": 2, "cells": {...}}] as read; None once it is over."""
    faults = models.JSONField(default=list)
    """[{"line": 2, "column": "week", "code": "...", "facts": {...}}]: codes, so each reader reads their own language."""
    row_count = models.PositiveIntegerField()
    done_count = models.PositiveIntegerField(default=0)
    encoding = models.CharField(max_length=20, blank=True, default="")
    """As what the file was read: utf-8, cp1250, xlsx."""
    reason = models.CharField(max_length=1000, blank=True, default="")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Who said yes: whose acts its rows are."""
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=ImportKind.values), name="import_kind_is_known"),
            models.CheckConstraint(condition=models.Q(state__in=ImportState.values), name="import_state_is_known"),
            models.UniqueConstraint(
                fields=["content_key"],
                condition=models.Q(state__in=["waiting", "booking", "booked"]),
                name="import_content_is_booked_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["checking", "read", "waiting", "booking"], rows__isnull=False)
                | models.Q(state__in=["booked", "refused", "dropped"], rows__isnull=True),
                name="import_rows_are_let_go",
            ),
        ]

    def __str__(self) -> str:
        return f"import:{self.pk}"
