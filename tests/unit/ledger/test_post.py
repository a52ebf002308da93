"""What callers of `post` and `reverse` rely on."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from core.periods import WARSAW
from ledger import accounts, queries
from ledger.models import EntryKind, FundUse, JournalEntry, Posting
from ledger.operations import (
    Line,
    NoSuchEntry,
    ReferenceTaken,
    UnbalancedEntry,
    UnknownAccount,
    WrongLine,
    close_period,
    post,
    reverse,
)
from tests.factories.ledger import give, spend
from tests.factories.time import NOW

pytestmark = [pytest.mark.money, pytest.mark.usefixtures("books")]

GIFT = [Line(accounts.STRIPE_CLEARING, 18500), Line("fund:WARM-NIGHT:gifts", -18500)]


def test_an_entry_is_booked_with_its_lines_and_month() -> None:
    posted = post(reference="gift:ch_1", kind=EntryKind.GIFT, event_at=NOW, lines=GIFT, now=NOW)

    entry = JournalEntry.objects.get(id=posted.entry_id)
    assert posted.created
    assert (entry.reference, entry.kind, entry.period, entry.event_at) == ("gift:ch_1", "gift", 202611, NOW)
    assert list(Posting.objects.order_by("id").values_list("account__code", "amount_minor", "currency", "period")) == [
        ("asset:stripe_clearing", 18500, "PLN", 202611),
        ("fund:WARM-NIGHT:gifts", -18500, "PLN", 202611),
    ]


def test_the_month_is_warsaws() -> None:
    just_december = datetime(2026, 12, 1, 0, 30, tzinfo=WARSAW)
    posted = give(reference="gift:ch_1", amount_minor=100, event_at=just_december.astimezone(UTC))
    assert JournalEntry.objects.get(id=posted.entry_id).period == 202612


def test_the_same_again_changes_nothing() -> None:
    first = post(reference="gift:ch_1", kind=EntryKind.GIFT, event_at=NOW, lines=GIFT, now=NOW)
    again = post(reference="gift:ch_1", kind=EntryKind.GIFT, event_at=NOW, lines=list(reversed(GIFT)), now=NOW)

    assert again == replace(first, created=False)
    assert JournalEntry.objects.count() == 1
    assert queries.fund_balance(code="WARM-NIGHT") == 18500


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (EntryKind.UNMATCHED, GIFT),
        (EntryKind.GIFT, [replace(line, amount_minor=line.amount_minor * 2) for line in GIFT]),
        (EntryKind.GIFT, [GIFT[0], Line("fund:FOREST:gifts", -18500)]),
        (EntryKind.GIFT, [GIFT[0], Line("fund:WARM-NIGHT:gifts", -18400), Line("fund:WARM-NIGHT:gifts", -100)]),
    ],
    ids=["kind", "amount", "fund", "split"],
)
def test_another_content_under_the_same_reference_is_refused(kind: EntryKind, lines: list[Line]) -> None:
    first = post(reference="gift:ch_1", kind=EntryKind.GIFT, event_at=NOW, lines=GIFT, now=NOW)

    with pytest.raises(ReferenceTaken) as refused:
        post(reference="gift:ch_1", kind=kind, event_at=NOW, lines=lines, now=NOW)
    assert (refused.value.reference, refused.value.entry_id) == ("gift:ch_1", first.entry_id)
    assert JournalEntry.objects.count() == 1


def test_a_repeated_booking_stands_in_the_month_of_the_first() -> None:
    first = give(reference="gift:ch_1", amount_minor=100)
    close_period(period=202611, now=NOW)
    again = give(reference="gift:ch_1", amount_minor=100)
    assert again == replace(first, created=False)
    assert JournalEntry.objects.get().period == 202611


def test_lines_must_sum_to_zero_in_each_currency() -> None:
    with pytest.raises(UnbalancedEntry) as refused:
        post(
            reference="gift:ch_1",
            kind=EntryKind.GIFT,
            event_at=NOW,
            lines=[Line(accounts.STRIPE_CLEARING, 100), Line("fund:FOREST:gifts", -100, "EUR")],
            now=NOW,
        )
    assert (refused.value.currency, refused.value.sum_minor) == ("PLN", 100)


@pytest.mark.parametrize("amount", [0, 1.0, True], ids=["zero", "float", "bool"])
def test_an_amount_is_a_whole_number_other_than_zero(amount: int) -> None:
    with pytest.raises(WrongLine):
        post(
            reference="gift:ch_1",
            kind=EntryKind.GIFT,
            event_at=NOW,
            lines=[Line(accounts.STRIPE_CLEARING, amount), Line("fund:FOREST:gifts", -amount)],
            now=NOW,
        )


def test_an_entry_without_lines_is_refused() -> None:
    with pytest.raises(WrongLine):
        post(reference="gift:ch_1", kind=EntryKind.GIFT, event_at=NOW, lines=[], now=NOW)


def test_an_unknown_account_is_named_and_the_callers_work_goes_on() -> None:
    with pytest.raises(UnknownAccount) as refused:
        give(reference="gift:ch_1", amount_minor=100, fund="NOWHERE")
    assert refused.value.account == "fund:NOWHERE:gifts"
    assert give(reference="gift:ch_1", amount_minor=100).created


def test_a_currency_that_is_not_the_accounts_is_refused() -> None:
    lines = [replace(line, currency="EUR") for line in GIFT]
    with pytest.raises(IntegrityError, match="posting in the currency of its account"), transaction.atomic():
        post(reference="gift:ch_1", kind=EntryKind.GIFT, event_at=NOW, lines=lines, now=NOW)


def test_memo_accounts_do_not_balance_money() -> None:
    lines = [Line(accounts.STRIPE_CLEARING, 100), Line("fund:FOREST:reserve", -100)]
    with pytest.raises(IntegrityError, match="sum to zero"), transaction.atomic():
        post(reference="gift:ch_1", kind=EntryKind.GIFT, event_at=NOW, lines=lines, now=NOW)


def test_posting_is_one_query(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django types its fixture loosely
        give(reference="gift:ch_1", amount_minor=100)


def test_a_reversal_is_the_mirror_and_is_booked_once() -> None:
    give(reference="gift:ch_1", amount_minor=18500)
    purchase = spend(reference="purchase:1", amount_minor=500)

    mirror = reverse(entry_id=purchase.entry_id, reference="reversal:1", event_at=NOW, now=NOW)
    again = reverse(entry_id=purchase.entry_id, reference="reversal:1", event_at=NOW, now=NOW)

    assert again == replace(mirror, created=False)
    assert queries.fund_balance(code="WARM-NIGHT") == 18500
    entry = JournalEntry.objects.get(id=mirror.entry_id)
    assert (entry.kind, entry.reverses_id) == ("reversal", purchase.entry_id)


def test_an_entry_is_reversed_at_most_once() -> None:
    gift = give(reference="gift:ch_1", amount_minor=100)
    reverse(entry_id=gift.entry_id, reference="reversal:1", event_at=NOW, now=NOW, kind=EntryKind.REFUND)
    with pytest.raises(IntegrityError, match="entry_is_reversed_at_most_once"), transaction.atomic():
        reverse(entry_id=gift.entry_id, reference="reversal:2", event_at=NOW, now=NOW)


def test_what_reverses_an_entry_must_be_its_mirror() -> None:
    gift = give(reference="gift:ch_1", amount_minor=100)
    with pytest.raises(IntegrityError, match="reversal mirrors its entry"):
        _post_half_a_reversal(of=gift.entry_id)


def _post_half_a_reversal(*, of: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        post(
            reference="reversal:1",
            kind=EntryKind.REVERSAL,
            event_at=NOW,
            lines=[Line(accounts.STRIPE_CLEARING, -50), Line("fund:WARM-NIGHT:gifts", 50)],
            now=NOW,
            reverses=of,
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nothing_is_reversed_that_is_not_there() -> None:
    with pytest.raises(NoSuchEntry):
        reverse(entry_id=10**9, reference="reversal:1", event_at=NOW, now=NOW)


def test_every_kind_and_use_can_be_booked() -> None:
    for kind in EntryKind:
        for use in FundUse:
            other = FundUse.RESERVE if use == FundUse.ENCUMBERED else FundUse.ENCUMBERED
            account = f"fund:FOREST:{other.value}" if use.account_kind == "memo" else accounts.BANK
            post(
                reference=f"{kind.value}:{use.value}",
                kind=kind,
                event_at=NOW,
                lines=[Line(f"fund:FOREST:{use.value}", -100), Line(account, 100)],
                now=NOW,
            )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert JournalEntry.objects.count() == len(EntryKind) * len(FundUse)
