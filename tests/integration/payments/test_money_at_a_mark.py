"""What a report asks of payouts and of the provider's categories, and that a mark's answer never changes."""

from datetime import timedelta

import pytest

from core.periods import period_of, previous_period
from ledger.models import EntryKind, Mark, Posting
from ledger.operations import take_mark_and_read
from payments import operations, queries
from payments.models import PayoutState
from stripe_sandbox.testing import Client
from tests.factories.money_afterwards import AVAILABLE, charge_of, disputed, paid_out, pass_days, treasurer
from tests.factories.payments import FALLBACK, deliver_all, give
from tests.factories.time import NOW
from transparency.sources.provider import booked_by_category, movements_by_category, on_the_way

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def mark_now() -> Mark:
    """A mark as reports take it."""
    return take_mark_and_read(now=NOW, read=lambda: None)[0]


def test_a_mark_knows_of_a_payout_what_was_known_then(sandbox: Client) -> None:
    give(sandbox=sandbox)
    before = mark_now()
    ref = paid_out(sandbox)
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    sent = mark_now()
    pass_days(sandbox, 2)
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    arrived = mark_now()
    net = 37_000 - 655
    for _again in range(2):
        assert queries.payouts_at(mark=before) == []
        (on_its_way,) = queries.payouts_at(mark=sent)
        assert (on_its_way.ref, on_its_way.booked_minor, on_its_way.status) == (ref, net, PayoutState.IN_TRANSIT)
        assert on_its_way.parts_minor is None, "nobody had said then what it is made of"
        (there,) = queries.payouts_at(mark=arrived)
        assert (there.parts_minor, there.status) == (net, PayoutState.PAID)
        operations.compare_with_provider(now=AVAILABLE)


def test_a_part_that_is_listed_later_belongs_to_later_marks(sandbox: Client) -> None:
    give(sandbox=sandbox)
    give(sandbox=sandbox, intent_key="intent-of-jan")
    sandbox.fault("payout_part_missing")
    paid_out(sandbox)
    pass_days(sandbox, 1)
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    short = mark_now()
    sandbox.release("payout_part")
    operations.compare_with_provider(now=AVAILABLE)
    whole = mark_now()
    (then,), (now,) = queries.payouts_at(mark=short), queries.payouts_at(mark=whole)
    assert (then.booked_minor, then.parts_minor) == (72_690, 36_345)
    assert (now.booked_minor, now.parts_minor) == (72_690, 72_690)


def test_clearing_is_the_sum_of_the_categories_whatever_happened(sandbox: Client) -> None:
    euros = operations.FrozenLine("A night", "WARM-NIGHT", unit_minor=5_000, quantity=1, fallback=FALLBACK)
    won = give(sandbox=sandbox)
    lost = give(sandbox=sandbox, intent_key="intent-of-jan")
    abroad = give(sandbox=sandbox, intent_key="intent-of-eva", currency="EUR", lines=(euros,), language="en")
    sandbox.movement(-300, type="stripe_fee")
    paid_out(sandbox)
    marks = [mark_now()]
    ref = disputed(sandbox, won)
    marks.append(mark_now())
    sandbox.decide(ref, "won", amount=20_000, fee_back=True)
    sandbox.decide(str(sandbox.dispute(charge_of(lost))["id"]), "lost")
    sandbox.rates(eur=4_4000)
    operations.refund_donation(
        donation_id=abroad.pk, amount_minor=2_000, reason="asked", actor=treasurer(), request_key="form", now=NOW
    )
    sandbox.movement(-700, type="adjustment")
    pass_days(sandbox, 3)
    deliver_all(sandbox=sandbox, now=AVAILABLE)
    operations.compare_with_provider(now=AVAILABLE)
    matter = next(row for row in queries.matters_for_staff() if row.subject.startswith("movement:"))
    operations.book_by_hand(matter_id=matter.matter_id, owed=False, reason="a fine", actor=treasurer(), now=AVAILABLE)
    marks.append(mark_now())
    for mark in marks:
        clearing = Posting.objects.filter(account__code="asset:stripe_clearing", entry_id__lte=mark.last_entry_id)
        booked = sum(clearing.exclude(entry__kind=EntryKind.OPENING).values_list("amount_minor", flat=True))
        assert (
            sum(movements_by_category(mark=mark).values()) + sum(on.amount_minor for on in on_the_way(mark=mark))
            == booked
        )
        moved = [(posting.entry.kind, posting.amount_minor) for posting in clearing.select_related("entry")]
        known, waiting = movements_by_category(mark=mark), on_the_way(mark=mark)
        whole = booked_by_category(mark=mark, last_period=period_of(AVAILABLE), known=known, waiting=waiting)
        assert sum(whole.values()) == sum(amount for kind, amount in moved if kind != EntryKind.PAYOUT)
        before = previous_period(period_of(NOW))
        assert booked_by_category(mark=mark, last_period=before, known=known, waiting=waiting) == {}
    assert set(movements_by_category(mark=marks[-1])) == {
        *("charge", "dispute", "dispute_reversal", "fee", "other_adjustment", "payout", "refund"),
    }
    grouped = {row.category: row.net_minor for row in queries.movements_in(since=NOW, until=NOW + timedelta(days=30))}
    assert grouped == movements_by_category(mark=marks[-1])
