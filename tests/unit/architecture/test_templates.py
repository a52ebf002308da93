"""Templates that stand in for Oscar's must still stand in for something."""

from pathlib import Path

import oscar

ROOT = Path(__file__).resolve().parents[3]
OURS = ROOT / "templates" / "oscar"
THEIRS = Path(oscar.__file__).parent / "templates" / "oscar"


def test_each_overridden_template_exists_upstream() -> None:
    ours = {file.relative_to(OURS) for file in OURS.rglob("*.html")}
    assert ours
    assert not {path for path in ours if not (THEIRS / path).exists()}
