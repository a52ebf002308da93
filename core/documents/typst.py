"""PDF and pictures by Typst: tagged (PDF/UA-1), without network, in milliseconds."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import typst
from django.conf import settings

Standard = Literal["ua-1", "a-2a"]

ACCESSIBLE: tuple[Standard, ...] = ("ua-1",)
"""Everybody can read it: tags, a title, a language."""
ACCESSIBLE_AND_LASTING: tuple[Standard, ...] = ("ua-1", "a-2a")
"""PDF/UA-1 and PDF/A-2a at once: everybody can read it, and in fifty years still."""


def render_pdf(
    *, template: str, data: Mapping[str, Any], language: str, standards: Sequence[Standard] = ACCESSIBLE
) -> bytes:
    """`templates/documents/{template}.typ` with `data` as JSON in `sys.inputs.data`, and `language` in `sys.inputs.language`.

    The same input gives the same bytes: the document's time is the template's to state. Raises typst.TypstError.
    """
    pdf = typst.compile(
        _path(template),
        root=str(_root()),
        format="pdf",
        pdf_standards=list(standards),
        sys_inputs=_inputs(data, language),
        ignore_system_fonts=True,
    )
    assert isinstance(pdf, bytes)
    return pdf


def render_png(*, template: str, data: Mapping[str, Any], language: str) -> bytes:
    """The one page of the template as a picture, a point of the page a pixel. Raises typst.TypstError."""
    png = typst.compile(
        _path(template),
        root=str(_root()),
        format="png",
        ppi=72,
        sys_inputs=_inputs(data, language),
        ignore_system_fonts=True,
    )
    assert isinstance(png, bytes)
    return png


def _root() -> Path:
    return Path(settings.BASE_DIR) / "templates" / "documents"


def _path(template: str) -> str:
    return str(_root() / f"{template}.typ")


def _inputs(data: Mapping[str, Any], language: str) -> dict[str, str]:
    return {"data": json.dumps(data, ensure_ascii=False), "language": language}
