"""`manage.py seal_rotate_key`: the log takes note of the key that stands first in SEAL_SIGNING_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from seal.operations import take_note_of_key


class Command(BaseCommand):
    help = "Adds a leaf for a new signing key, signed by the one before; afterwards the old key can be taken away."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            noted = take_note_of_key(now=timezone.now())
        self.stdout.write("the log names the new key" if noted else "the log knows this key already")
