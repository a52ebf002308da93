"""`manage.py load_catalogue [FILE]`: needs, packages and the rest from a file; may be run again at any time."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aid_packages.operations import DEMO_CATALOGUE, CatalogueInvalid, load_catalogue


class Command(BaseCommand):
    help = "Loads areas, needs, packages, regions and partners from a catalogue file (the demo's when none is named)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=DEMO_CATALOGUE)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            loaded = load_catalogue(path=path, now=timezone.now())
        except CatalogueInvalid as invalid:
            faults = "\n".join(f"  {fault}" for fault in invalid.faults)
            raise CommandError(f"{path} can't be loaded:\n{faults}") from invalid
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}") from error
        for noun, found in loaded.found.items():
            self.stdout.write(f"{noun}: {found}, changed {loaded.changed[noun]}")
