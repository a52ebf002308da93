"""Five years of monthly donors on the clock end with our ledger as the provider's own books, to the grosz.

Fifty donors in every test run; `make simulate` lives the same through with two thousand (SIMULATE_DONORS).
"""

import json
import os
import time
from collections import Counter
from pathlib import Path

import pytest
from pytest_django import Settings

from payments.models import Donation, MonthlyGift, ProviderEvent, UnmatchedPayment
from payments.stripe.events import TOPICS
from stripe_sandbox.testing import SandboxProcess
from tests.factories.ledger import make_books
from tests.simulation.books import differences
from tests.simulation.lives import DAYS_A_YEAR, Lives
from tests.simulation.post import open_post
from tests.simulation.world import FIRST_DAY, World
from tests.support.database import CommittedDatabase

DONORS = int(os.environ.get("SIMULATE_DONORS", "50"))
YEARS = int(os.environ.get("SIMULATE_YEARS", "5"))
SEED = int(os.environ.get("SIMULATE_SEED", "2027"))

pytestmark = [pytest.mark.money, pytest.mark.timeout(1800)]


def test_five_years_end_with_the_same_books(
    committed_db: CommittedDatabase, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.01)
    monkeypatch.setattr("core.queue.send", lambda name, *args: None)
    make_books(now=FIRST_DAY)
    begun = time.monotonic()
    with SandboxProcess("--seed", str(SEED)) as sandbox, open_post() as post:
        settings.STRIPE_API_BASE, settings.STRIPE_API_KEY = sandbox.url, sandbox.key
        settings.STRIPE_TIMEOUT = (5, 60)
        sandbox.billing(then="cancel", events_kept_days=40)
        endpoint = sandbox.stripe_client().v1.webhook_endpoints.create(
            {"url": post.url, "enabled_events": sorted(TOPICS)}
        )
        settings.STRIPE_WEBHOOK_SECRETS = [endpoint.secret]
        sandbox.hold()
        world = World(sandbox=sandbox, post=post, lives=Lives(donors=DONORS, days=YEARS * DAYS_A_YEAR, seed=SEED))
        world.live_through()
        found = [*world.broken.sentences, *differences(sandbox.books())]
    told = figures(world, seconds=time.monotonic() - begun)
    if path := os.environ.get("SIMULATE_FIGURES"):
        Path(path).write_text(json.dumps(told))
    assert not found, "\n".join(found[:50])
    assert Donation.objects.filter(settled_at__isnull=False).count() > DONORS * 3


def figures(world: World, *, seconds: float) -> dict[str, object]:
    """What was lived through, for the last line."""
    return {
        "donors": DONORS,
        "years": YEARS,
        "seed": SEED,
        "seconds": round(seconds),
        "monthly_gifts": MonthlyGift.objects.count(),
        "donations": Donation.objects.filter(settled_at__isnull=False).count(),
        "notices": ProviderEvent.objects.count(),
        "unmatched": dict(Counter(UnmatchedPayment.objects.values_list("reason", flat=True))),
        "done": dict(sorted(world.done.items())),
    }
