"""`manage.py rotate_evidence_keys`: wraps the keys of all evidence under the first of DONOR_KEY_WRAPPING_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from aid_packages.evidence.operations import rotate_keys
from donors import wrapping


class Command(BaseCommand):
    help = "Wraps the keys of all evidence under the first of DONOR_KEY_WRAPPING_KEYS, as rotate_wrapping_key does donors'."

    def handle(self, *args: Any, **options: Any) -> None:
        done = rotate_keys()
        self.stdout.write(
            f"wrapped under {wrapping.current_key_id()}: {done} pieces of evidence;"
            " no evidence needs the other wrapping keys any more"
        )
