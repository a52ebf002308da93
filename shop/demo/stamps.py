"""Stamps: what has been prepared from which files, so that a second start need not do it again."""

import hashlib
from pathlib import Path


class Stamp:
    """A file that holds a digest of the sources (globs below `root`) that a step has been done for."""

    def __init__(self, file: Path, root: Path, *patterns: str) -> None:
        self._file, self._root, self._patterns = file, root, patterns

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for pattern in self._patterns:
            for path in sorted(self._root.glob(pattern)):
                if path.is_file() and "__pycache__" not in path.parts:
                    state = path.stat()
                    digest.update(f"{path.relative_to(self._root)} {state.st_size} {state.st_mtime_ns}\n".encode())
        return digest.hexdigest()

    def exists(self) -> bool:
        return self._file.exists()

    def is_fresh(self) -> bool:
        return self._file.exists() and self._file.read_text() == self._digest()

    def write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(self._digest())
