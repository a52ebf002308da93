"""Joins the style sheets' sources into the files that pages load: `python -m tests.unit.design.stylesheet`.

shop.css is every page's: tokens first, then the base, then the components by name. own.css comes after it on the pages
of a donor alone (`AT_HOME`), and reports.css on those of reports (`ON_REPORTS`), so that nobody else carries them.
Comments, line breaks and the space after a property's colon are left behind, nothing else changes: there is no build to
trust, and a test fails when a joined file isn't its sources joined.
"""

import re
from collections.abc import Sequence
from pathlib import Path

CSS = Path(__file__).resolve().parents[3] / "shop" / "static" / "shop" / "css"
JOINED, OWN, REPORTS = CSS / "shop.css", CSS / "own.css", CSS / "reports.css"
AT_HOME = frozenset(
    {
        "act-history",
        "act-links",
        "code-field",
        "facts",
        "gift-list",
        "held-record",
        "monthly-card",
        "next-dates",
        "one-act",
        "own-nav",
        "sent-card",
        "told",
        "year-row",
    }
)
"""Components that only a donor's own pages and links use."""
ON_REPORTS = frozenset(
    {
        "flow-picture",
        "line-picture",
        "report-files",
        "report-filter",
        "report-list",
        "report-parts",
        "report-table",
        "seal-box",
        "stacked-bars",
        "story-numbers",
    }
)
"""Components that only the pages of reports use."""


def sources() -> list[Path]:
    """What makes shop.css."""
    components = sorted((CSS / "components").glob("*.css"))
    return [
        CSS / "tokens.css",
        CSS / "base.css",
        *(path for path in components if path.stem not in AT_HOME | ON_REPORTS),
    ]


def own_sources() -> list[Path]:
    """What makes own.css."""
    return [CSS / "components" / f"{name}.css" for name in sorted(AT_HOME)]


def report_sources() -> list[Path]:
    """What makes reports.css."""
    return [CSS / "components" / f"{name}.css" for name in sorted(ON_REPORTS)]


def joined(paths: Sequence[Path] | None = None) -> str:
    """The sources as one sheet; those of shop.css unless told otherwise."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (sources() if paths is None else paths))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*\n\s*", " ", text).strip()
    text = re.sub(r"(?<=[a-z-]): (?=\S)", ":", text)
    return re.sub(r" ?([{};]) ?", r"\1", text).replace(";}", "}").replace("}", "}\n")


if __name__ == "__main__":
    JOINED.write_text(joined(), encoding="utf-8")
    OWN.write_text(joined(own_sources()), encoding="utf-8")
    REPORTS.write_text(joined(report_sources()), encoding="utf-8")
