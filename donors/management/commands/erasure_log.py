"""`manage.py erasure_log export|apply FILE`: the log of erasures, out of the database and into a restored one."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from donors.operations import apply_erasures, export_erasures


class Command(BaseCommand):
    help = "export: adds the erasures to FILE that it lacks. apply: erases again, after a restore, whomever FILE names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["export", "apply"])
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, act: str, file: Path, **options: Any) -> None:
        if act == "export":
            self.stdout.write(f"{export_erasures(path=file)} erasures added")
            return
        done = apply_erasures(path=file)
        self.stdout.write(
            f"{done.erased} erased again, {done.already} were erased, {done.unknown} unknown here,"
            f" {done.newer} numbers that belong to somebody else now"
        )
