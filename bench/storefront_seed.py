"""Open books and the demo's catalogue in the database of the environment; again, it changes nothing."""

import django

django.setup()

from django.conf import settings  # noqa: E402 -- Django is set up first
from django.utils import timezone  # noqa: E402 -- as above

from aid_packages.operations import DEMO_CATALOGUE, load_catalogue  # noqa: E402 -- as above
from ledger.operations import DoneeDetails, open_books  # noqa: E402 -- as above

if __name__ == "__main__":
    donee = {name: settings.DONEE[name] for name in ("name", "krs", "nip", "address")}
    open_books(donee=DoneeDetails(code="SWB", **donee), now=timezone.now())
    load_catalogue(path=DEMO_CATALOGUE, now=timezone.now())
