"""docs/reports.md is complete."""

from pathlib import Path

from django.conf import settings

from transparency.checks import CHECKS, LAST_CHECKS
from transparency.models import CheckName


def test_every_check_is_documented_and_runs() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "reports.md").read_text(encoding="utf-8")
    assert [name.value for name in CheckName if f"`{name.value}`" not in text] == []
    assert CHECKS.keys() | LAST_CHECKS.keys() == set(CheckName) - {CheckName.BUILD_COMPLETES}
