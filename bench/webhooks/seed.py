"""Gifts that wait for the provider's word, and notices that nobody has acted on; in the database of the environment.

`-m bench.webhooks.seed --gifts N` makes N gifts given once and N monthly ones; `--events N` stores N notices about them, as the
intake stores them (verified, sealed), with every hint lost.
"""

import argparse
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402 -- Django is set up first

from bench.webhooks.facts import NOW, SUM_MINOR  # noqa: E402 -- as above
from bench.webhooks.stripe_words import event, signature  # noqa: E402 -- as above
from donors.operations import remember_donor  # noqa: E402 -- as above
from payments import current_provider  # noqa: E402 -- as above
from payments.models import (  # noqa: E402 -- as above
    Donation,
    DonationLine,
    MonthlyGift,
    MonthlyLine,
    MonthlySubscription,
    MonthlyTerms,
    ProviderEvent,
)
from payments.monthly_states import Interval, MonthlyKind, MonthlyState  # noqa: E402 -- as above
from payments.operations.inbox import new_row  # noqa: E402 -- as above
from payments.states import DonationState  # noqa: E402 -- as above

BATCH = 2_000
DONORS = 1_000
KINDS = {
    "o": ("checkout.session.completed", "payment_intent.succeeded", "charge.updated", "charge.updated"),
    "m": (
        "invoice.paid",
        "invoice_payment.paid",
        "payment_intent.succeeded",
        "charge.updated",
        "customer.subscription.updated",
        "customer.subscription.updated",
    ),
}
"""What the provider tells of a gift given once, and of one month of a monthly one."""
LINE = {"position": 0, "title": "Ciepła noc", "fund_code": "WARM-NIGHT", "unit_minor": SUM_MINOR, "quantity": 1}
PAGES = {"success_url": "https://store.example.org/pl/thank-you/", "cancel_url": "https://store.example.org/pl/basket/"}


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gifts", type=int, default=0)
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--letters", default="om", help="o: gifts given once; m: monthly ones")
    parser.add_argument("--skip", type=int, default=0, help="gifts that the notices leave out, from the first")
    given = parser.parse_args()
    if given.gifts:
        made = datetime.fromtimestamp(NOW, tz=UTC)
        donors = [remember_donor(**_typed(number), now=made) for number in range(min(DONORS, given.gifts))]
        make_donations(number=given.gifts, donors=donors, now=made)
        make_monthly_gifts(number=given.gifts, donors=donors, now=made)
    if given.events:
        store_events(number=given.events, first=given.skip + 1, letters=given.letters)


def _typed(number: int) -> dict[str, str]:
    return {
        "email": f"donor-{number}@example.org",
        "name": f"Zofia Przykładowa {number}",
        "company_name": "",
        "nip": "",
        "address": "",
        "language": "pl",
    }


def make_donations(*, number: int, donors: list[int], now: datetime) -> None:
    """Gifts given once whose payment page is open: donation n has the page `cs_test_on`."""
    for batch in _batches(number):
        made = Donation.objects.bulk_create(
            Donation(
                state=DonationState.CHECKOUT_OPEN,
                donor_id=donors[each % len(donors)],
                intent_key=f"bench-once-{each}",
                content_digest="",
                token=f"bench-once-{each}",
                lines_minor=SUM_MINOR,
                gross_minor=SUM_MINOR,
                language="pl",
                terms_version="2026-11",
                checkout_ref=f"cs_test_o{each}",
                checkout_expires_at=now + timedelta(days=1),
                created_at=now,
                **PAGES,
            )
            for each in batch
        )
        assert [each.pk for each in made] == batch, "the database was not new"
        DonationLine.objects.bulk_create(DonationLine(donation=each, fallback="", **LINE) for each in made)


def make_monthly_gifts(*, number: int, donors: list[int], now: datetime) -> None:
    """Monthly gifts that began: gift n has the terms n and the subscription `sub_mn`."""
    for batch in _batches(number):
        gifts = MonthlyGift.objects.bulk_create(
            MonthlyGift(
                kind=MonthlyKind.AUTOMATIC,
                state=MonthlyState.ACTIVE,
                donor_id=donors[each % len(donors)],
                intent_key=f"bench-monthly-{each}",
                content_digest="",
                token=f"bench-monthly-{each}",
                language="pl",
                terms_version="2026-11",
                checkout_ref=f"cs_test_m{each}",
                customer_ref=f"cus_m{each}",
                subscription_ref=f"sub_m{each}",
                began_at=now,
                created_at=now,
                **PAGES,
            )
            for each in batch
        )
        terms = MonthlyTerms.objects.bulk_create(
            MonthlyTerms(
                gift=each,
                version=1,
                interval=Interval.MONTH,
                day=now.day,
                lines_minor=SUM_MINOR,
                gross_minor=SUM_MINOR,
                because="began",
                created_at=now,
            )
            for each in gifts
        )
        assert [each.pk for each in gifts] == [each.pk for each in terms] == batch, "the database was not new"
        MonthlyLine.objects.bulk_create(MonthlyLine(terms=each, fallback="", **LINE) for each in terms)
        MonthlySubscription.objects.bulk_create(
            MonthlySubscription(
                gift=each, ref=f"sub_m{each.pk}", customer_ref=f"cus_m{each.pk}", began_at=now, anchor_at=now
            )
            for each in gifts
        )


def store_events(*, number: int, first: int, letters: str) -> None:
    """Notices as they came, a quarter of an hour ago: gift after gift, one given once and one monthly in turn."""
    now = timezone.now()
    provider = current_provider()
    told = itertools.islice(_told(first, letters), number)
    while batch := list(itertools.islice(told, BATCH)):
        rows = []
        for body in batch:
            facts = provider.read_webhook(body=body, signature=signature(body, int(now.timestamp())), now=now)
            rows.append(new_row(facts=facts, body=body, origin="webhook", now=now - timedelta(minutes=15)))
        ProviderEvent.objects.bulk_create(rows)


def _told(first: int, letters: str) -> Iterator[bytes]:
    for gift in itertools.count(first):
        for letter in letters:
            for position, kind in enumerate(KINDS[letter]):
                yield event(kind, letter=letter, number=gift, ref=f"evt_backlog_{letter}{gift}_{position}")


def _batches(number: int) -> Iterator[list[int]]:
    for start in range(1, number + 1, BATCH):
        yield list(range(start, min(start + BATCH, number + 1)))


if __name__ == "__main__":
    main()
