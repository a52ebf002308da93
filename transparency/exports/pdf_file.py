"""A report on paper: PDF/UA-1 and PDF/A-2a at once, so that everybody can read it, also in fifty years."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language

from core.documents.typst import ACCESSIBLE_AND_LASTING, render_pdf
from transparency.exports.model import Kind, Section
from transparency.exports.values import shown

WIDE = 10
"""Tables with more columns lie on their side."""


def report_pdf(
    *,
    title: str,
    donee: Mapping[str, str],
    day: date,
    facts: Sequence[tuple[str, str]],
    figures: Sequence[tuple[str, str]],
    five: Sequence[tuple[str, str, str]],
    sections: Sequence[Section],
    texts: Mapping[str, Any],
) -> bytes:
    """`figures` of the story (number, words), the `five` lines (words, sum, meaning), and every section as a table.

    The same input gives the same bytes. Raises typst.TypstError.
    """
    language = (get_language() or "pl").split("-")[0]
    data = {
        "language": language,
        "title": title,
        "date": day.isoformat(),
        "donee": dict(donee),
        "facts": facts,
        "figures": figures,
        "five": five,
        "sections": [table_of(section) for section in sections],
        "texts": texts,
    }
    return render_pdf(template="report", data=data, language=language, standards=ACCESSIBLE_AND_LASTING)


def table_of(section: Section) -> dict[str, Any]:
    """A section as ready text."""
    lean = section.without_zeros()
    together = lean.together()
    return {
        "key": lean.key,
        "title": lean.title,
        "lead": lean.lead,
        "empty": lean.empty,
        "wide": len(lean.columns) > WIDE,
        "heads": [column.label for column in lean.columns],
        "left": [column.kind is Kind.TEXT for column in lean.columns],
        "rows": [
            {
                "level": row.level,
                "cells": [shown(value, column.kind) for column, value in zip(lean.columns, row.cells, strict=True)],
            }
            for row in lean.rows
        ],
        "together": [shown(value, column.kind) for column, value in zip(lean.columns, together, strict=True)]
        if together is not None
        else None,
    }
