"""`manage.py rotate_wrapping_key`: wraps all donors' keys under the first of DONOR_KEY_WRAPPING_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from donors import wrapping
from donors.operations import rewrap_keys


class Command(BaseCommand):
    help = "Wraps every donor's keys under the first of DONOR_KEY_WRAPPING_KEYS; afterwards the others can be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        done = rewrap_keys()
        self.stdout.write(
            f"wrapped under {wrapping.current_key_id()}: {done.donors} donors, {done.years} years of receipts,"
            f" {done.mails} mails, {done.sign_ins} sign-ins;"
            " no donor needs the other wrapping keys any more (see docs/personal-data.md before removing them)"
        )
