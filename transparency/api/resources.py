"""What the API says about reports, as JSON values. Everything comes from published content."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from transparency.exports import about
from transparency.exports.model import Section
from transparency.exports.values import as_json
from transparency.pages.links import optional
from transparency.queries import Frozen, ListedReport

KINDS = ("month", "quarter", "year", "to_date", "campaign", "cohort")


def listed(report: ListedReport) -> dict[str, Any]:
    """A report in the list, with its five lines."""
    return {
        "slug": report.slug,
        "kind": report.kind,
        "title": report.title,
        "revision": report.revision,
        "published_on": report.published_on.isoformat(),
        "sha256": report.sha256,
        "currency": "PLN",
        "lines": {line.key: line.amount_minor for line in report.five},
        "links": {"self": reverse("api:report", kwargs={"slug": report.slug})},
    }


def one(report: Frozen, sections: Sequence[Section]) -> dict[str, Any]:
    """One report: what it is, its lines, and where its parts are."""
    content, slug = report.content, report.slug
    occasion = content["report"]
    return {
        "slug": slug,
        "kind": occasion["kind"],
        "title": about.title_of(content),
        "first_period": occasion["first_period"],
        "last_period": occasion["last_period"],
        "revision": occasion["revision"],
        "published_on": next(each.published_on for each in report.revisions if each.is_this).isoformat(),
        "as_of": content["mark"]["taken_at"],
        "superseded_by": report.superseded_by,
        "sha256": report.sha256,
        "currency": content["currency"],
        "lines": dict(content["lines"]),
        "donors": dict(content["donors"]),
        "sections": [{"key": each.key, "title": each.title, "rows": len(each.rows)} for each in sections],
        "links": {
            "self": reverse("api:report", kwargs={"slug": slug}),
            "content": reverse("api:content", kwargs={"slug": slug}),
            "sections": reverse("api:sections", kwargs={"slug": slug}),
            "revisions": reverse("api:revisions", kwargs={"slug": slug}),
            "page": reverse("reports:report", kwargs={"slug": slug}),
        },
    }


def section(found: Section) -> dict[str, Any]:
    """One section: its columns with their types, its rows, and their sums where they are summed."""
    together = found.together()
    keys = [column.key for column in found.columns]
    return {
        "key": found.key,
        "title": found.title,
        "columns": [{"key": each.key, "label": each.label, "type": each.kind.value} for each in found.columns],
        "rows": [
            {"code": row.code, "level": row.level, "cells": dict(zip(keys, map(as_json, row.cells), strict=True))}
            for row in found.rows
        ],
        "together": dict(zip(keys, map(as_json, together), strict=True)) if together is not None else None,
    }


def revisions(report: Frozen) -> dict[str, Any]:
    """Every revision of the same report, oldest first."""
    return {
        "revisions": [
            {
                "slug": each.slug,
                "revision": each.number,
                "published_on": each.published_on.isoformat(),
                "newest": each.is_newest,
                "links": {"self": reverse("api:report", kwargs={"slug": each.slug})},
            }
            for each in report.revisions
        ]
    }


def log() -> Mapping[str, Any]:
    """Where the log that seals the reports can be read; null where there is no such address."""
    names = {"checkpoint": "seal:checkpoint", "keys": "seal:keys", "verify_page": "verify:page"}
    return {"links": {key: optional(name) or None for key, name in names.items()}}
