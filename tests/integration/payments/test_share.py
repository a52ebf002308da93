"""The share for running costs in the books: with its gift, once; given back with it; and never more than was said."""

import pytest

from ledger.models import EntryKind, JournalEntry, Mark
from ledger.queries import account_balance
from payments.models import Charge
from payments.operations import FrozenLine
from stripe_sandbox.testing import Client
from tests.factories.attribution import after_the_window, give_back, lines_grow
from tests.factories.money_afterwards import disputed
from tests.factories.payments import FALLBACK, FOREST_GIFT, NIGHT, deliver_all, give
from tests.factories.share import share_policy
from tests.factories.time import NOW
from transparency.sources.share import last_ids, read_share

pytestmark = [pytest.mark.django_db, pytest.mark.money]

LATER = after_the_window(NOW)
SHARE_IN = "fund:ADMIN:share_in"
RUNNING = FrozenLine(title="Koszty", fund_code="ADMIN", unit_minor=1_000, quantity=1, fallback="")
EUROS = FrozenLine(title="A warm night", fund_code="WARM-NIGHT", unit_minor=4_000, quantity=1, fallback=FALLBACK)


def of(use: str, *, fund: str = "WARM-NIGHT") -> int:
    return account_balance(code=f"fund:{fund}:{use}")


def fee() -> int:
    movement = Charge.objects.get().movement
    assert movement is not None
    return movement.fee_minor


def test_without_a_policy_nothing_is_taken(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    assert donation.share_policy is None
    assert not JournalEntry.objects.filter(kind=EntryKind.SHARE).exists()


def test_it_is_booked_with_its_gift_once_and_nothing_is_taken_from_running_costs(sandbox: Client) -> None:
    policy = share_policy(permille=50)
    donation = give(sandbox=sandbox, lines=(NIGHT, FOREST_GIFT, RUNNING))
    deliver_all(sandbox=sandbox)
    assert donation.share_policy == policy
    (share,) = JournalEntry.objects.filter(kind=EntryKind.SHARE)
    gift = JournalEntry.objects.get(kind=EntryKind.GIFT)
    assert share.reference == f"share:{Charge.objects.get().ref}"
    assert (share.txid, share.event_at) == (gift.txid, gift.event_at)
    assert (of("share_out"), of("share_out", fund="FOREST"), of("share_out", fund="ADMIN")) == (1_850, 250, 0)
    assert account_balance(code=SHARE_IN) == -2_100
    november = {"first_period": 202611, "last_period": 202611, "mark": Mark(last_entry_id=2**62), "ids": last_ids()}
    told_of_forest = read_share(**november, funds=frozenset({"FOREST"}))
    assert told_of_forest is not None
    assert told_of_forest["said"] == 250, "a campaign is told its own part of what was said of a gift"


def test_the_fee_of_a_small_gift_leaves_no_fund_below_zero(sandbox: Client) -> None:
    share_policy(permille=200)
    give(
        sandbox=sandbox, lines=(FrozenLine(title="x", fund_code="WARM-NIGHT", unit_minor=200, quantity=1, fallback=""),)
    )
    assert of("gifts") + of("share_out") + of("fees") == -200 + 40 + fee()


def test_a_gift_in_euros_gives_of_what_it_is_worth(sandbox: Client) -> None:
    share_policy(permille=25)
    give(sandbox=sandbox, currency="EUR", lines=(EUROS,), language="en")
    assert of("gifts") == -17_000
    assert (of("share_out"), account_balance(code=SHARE_IN)) == (425, -425)


def test_a_full_refund_takes_the_share_back_and_only_the_fee_is_lost(sandbox: Client) -> None:
    share_policy(permille=50)
    donation = give(sandbox=sandbox)
    give_back(donation, 37_000, at=NOW)
    assert account_balance(code=SHARE_IN) == 0
    assert of("refunds") == 37_000 - 1_850 - fee()
    assert of("losses", fund="GENERAL") == fee()


def test_half_a_refund_takes_half_of_the_share_and_the_rest_takes_the_rest(sandbox: Client) -> None:
    share_policy(permille=50)
    donation = give(sandbox=sandbox)
    give_back(donation, 18_500, at=NOW)
    assert (account_balance(code=SHARE_IN), of("refunds"), of("losses", fund="GENERAL")) == (-925, 17_575, 0)
    give_back(donation, 18_500, at=NOW)
    assert (account_balance(code=SHARE_IN), of("losses", fund="GENERAL")) == (0, fee())


def test_a_refund_that_came_back_brings_its_share(sandbox: Client) -> None:
    share_policy(permille=50)
    donation = give(sandbox=sandbox)
    give_back(donation, 18_500, at=NOW)
    give_back(donation, 0, at=NOW, fails=True)
    assert (account_balance(code=SHARE_IN), of("refunds"), of("losses", fund="GENERAL")) == (-1_850, 0, 0)


def test_once_lined_up_the_funds_part_falls_on_general_and_the_share_still_goes_back(sandbox: Client) -> None:
    share_policy(permille=50)
    donation = give(sandbox=sandbox)
    lines_grow(now=LATER)
    give_back(donation, 18_500, at=LATER)
    assert (account_balance(code=SHARE_IN), of("refunds"), of("losses", fund="GENERAL")) == (-925, 0, 17_575)
    give_back(donation, 0, at=LATER, fails=True)
    assert (account_balance(code=SHARE_IN), of("losses", fund="GENERAL")) == (-1_850, 0)


def test_a_refund_that_comes_back_after_lining_up_is_less_of_a_loss_and_its_share_comes_back(sandbox: Client) -> None:
    share_policy(permille=50)
    donation = give(sandbox=sandbox)
    give_back(donation, 18_500, at=NOW)
    lines_grow(now=LATER)
    give_back(donation, 0, at=LATER, fails=True)
    assert (account_balance(code=SHARE_IN), of("refunds"), of("losses", fund="GENERAL")) == (-1_850, 17_575, -17_575)


def test_a_dispute_takes_its_share_back_too(sandbox: Client) -> None:
    share_policy(permille=50)
    donation = give(sandbox=sandbox)
    disputed(sandbox, donation, amount=18_500)
    assert (account_balance(code=SHARE_IN), of("refunds")) == (-925, 17_575)
