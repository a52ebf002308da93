"""Where there is no Chromium, browser tests are named as not run, in one loud line; in CI that fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.browser import ROOT

TESTS = """
import pytest

@pytest.mark.browser
def test_in_a_browser():
    raise AssertionError("there is none")

def test_without_one():
    pass
"""


def run(folder: Path, *options: str, ci: str) -> subprocess.CompletedProcess[str]:
    """A little test run of its own, on a machine whose search path leads nowhere."""
    (folder / "test_little.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser: needs Chromium\n")
    environment = {"PATH": str(folder), "PYTHONPATH": str(ROOT), "CI": ci, "HOME": os.environ.get("HOME", "/")}
    environment["PYTHONWARNINGS"] = "ignore"
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.browser", "-p", "no:django", *options]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_browser_tests_are_named_as_not_run(tmp_path: Path, options: tuple[str, ...]) -> None:
    ran = run(tmp_path, *options, ci="")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout
    loud = [line for line in ran.stdout.splitlines() if line.startswith("NOT RUN: 1 browser test")]
    assert len(loud) == 1, ran.stdout
    assert "test_little.py::test_in_a_browser" in loud[0]


def test_in_ci_their_absence_fails(tmp_path: Path) -> None:
    ran = run(tmp_path, ci="true")
    assert "1 passed" in ran.stdout
    assert ran.returncode == pytest.ExitCode.TESTS_FAILED
