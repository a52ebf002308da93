"""PDF by Typst: tagged (PDF/UA-1), without network, in milliseconds."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.conf import settings


def render_pdf(*, template: str, data: Mapping[str, Any], language: str) -> bytes:
    """`templates/documents/{template}.typ` with `data` as JSON in `sys.inputs.data`, and `language` in `sys.inputs.language`.

    The same input gives the same bytes: the document's time is the template's to state. Raises typst.TypstError.
    """
    root = Path(settings.BASE_DIR) / "templates" / "documents"
    pdf = typst.compile(
        str(root / f"{template}.typ"),
        root=str(root),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False), "language": language},
        ignore_system_fonts=True,
    )
    assert isinstance(pdf, bytes)
    return pdf
