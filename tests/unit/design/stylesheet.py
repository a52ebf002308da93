"""Joins the style sheets' sources into the one file that pages load: `python -m tests.unit.design.stylesheet`.

Tokens first, then the base, then the components by name. Comments and line breaks are left behind, nothing else
changes: there is no build to trust, and a test fails when the joined file isn't the sources joined.
"""

import re
from pathlib import Path

CSS = Path(__file__).resolve().parents[3] / "shop" / "static" / "shop" / "css"
JOINED = CSS / "shop.css"


def sources() -> list[Path]:
    return [CSS / "tokens.css", CSS / "base.css", *sorted((CSS / "components").glob("*.css"))]


def joined() -> str:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources())
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*\n\s*", " ", text).strip()
    return re.sub(r" ?([{};]) ?", r"\1", text).replace(";}", "}").replace("}", "}\n")


if __name__ == "__main__":
    JOINED.write_text(joined(), encoding="utf-8")
