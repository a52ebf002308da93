"""One step of the benchmark, in a process of its own with Django set up: `python -m bench.reports.inside STEP`."""

import sys

import django

django.setup()

from bench.reports import measures, sealing, spending  # noqa: E402 -- Django must be set up first

STEPS = {
    "begin": spending.begin,
    "spend": lambda: spending.spend(per_fund_minor=int(sys.argv[2])),
    "build": measures.build,
    "page": measures.page,
    "line_up": measures.line_up,
    "attribution": measures.attribution,
    "prove": lambda: measures.tell(**sealing.prove()),
    "seal": lambda: measures.tell(**sealing.seal(int(sys.argv[2]))),
    "give": lambda: measures.give(int(sys.argv[2])),
    "samples": lambda: measures.samples(sys.argv[2]),
    "print": lambda: measures.print_receipts(int(sys.argv[2]), int(sys.argv[3])),
}

if __name__ == "__main__":
    STEPS[sys.argv[1]]()
