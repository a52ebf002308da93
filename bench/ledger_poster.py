"""One process that posts single entries through the public operation, each committed by itself."""

import argparse
import os
import time

import django

django.setup()

from django.db import connection  # noqa: E402 -- Django must be set up first

from tests.factories import ledger as books  # noqa: E402 -- as above
from tests.factories.time import NOW  # noqa: E402 -- as above


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--books", action="store_true", help="only open the books")
    parser.add_argument("--start-at", type=float, default=0)
    parser.add_argument("--seconds", type=float, default=1)
    options = parser.parse_args()
    if options.books:
        books.make_books(now=NOW)
        return
    connection.ensure_connection()
    time.sleep(max(0, options.start_at - time.time()))
    began, posted = time.monotonic(), 0
    while time.monotonic() - began < options.seconds:
        books.collect_cash(reference=f"bench:{options.start_at}:{os.getpid()}:{posted}", amount_minor=18500)
        posted += 1
    print(posted / (time.monotonic() - began))


if __name__ == "__main__":
    main()
