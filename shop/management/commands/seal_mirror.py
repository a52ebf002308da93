"""`manage.py seal_mirror --to DIR`: the seal as static files, for whoever keeps a copy."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from transparency.verification.static_files import write_mirror


class Command(BaseCommand):
    help = (
        "Writes the log, its tiles and checkpoints, published reports, notes and what checks them; only what changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, required=True)

    def handle(self, *args: Any, to: Path, **options: Any) -> None:
        self.stdout.write(f"{write_mirror(folder=to)} files written")
