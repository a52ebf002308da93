"""`make clean` takes what this clone made, and nothing else."""

import os
from pathlib import Path

import pytest

from shop import embedded


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where servers keep their data as root, for this test alone."""
    base = tmp_path / "lib"
    monkeypatch.setattr(embedded, "_BASE", base)
    return base


def settled(home: Path, *, process: str = "") -> Path:
    """A home with data outside of it, as a server that ran as root leaves it."""
    home.mkdir(parents=True)
    (home / "postgres.password").touch()
    data = embedded._folder_others_may_enter(home) / "data"
    data.mkdir(parents=True)
    if process:
        (data / "postmaster.pid").write_text(f"{process}\n/data\n")
    return data.parent


def test_what_belongs_to_this_clone_goes_and_nothing_else(base: Path, tmp_path: Path) -> None:
    ours = [settled(tmp_path / "clone" / "var" / name / "postgres") for name in ("demo", "test/0", "bench/reports")]
    crashed = settled(tmp_path / "clone" / "var" / "test" / "1" / "postgres", process="999999999")
    neighbours = settled(tmp_path / "other" / "var" / "demo" / "postgres")
    shared = base / "server-18"
    shared.mkdir()
    assert sorted(embedded.forget_below(tmp_path / "clone" / "var")) == sorted([*ours, crashed])
    assert not any(place.exists() for place in (*ours, crashed))
    assert neighbours.is_dir()
    assert shared.is_dir()


def test_data_in_use_stay(base: Path, tmp_path: Path) -> None:
    used = settled(tmp_path / "var" / "demo" / "postgres", process=str(os.getpid()))
    assert embedded.forget_below(tmp_path / "var") == []
    assert used.is_dir()


def test_where_nothing_was_made_nothing_is_taken(base: Path, tmp_path: Path) -> None:
    assert embedded.forget_below(tmp_path / "var") == []
