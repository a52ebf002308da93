"""What staff do on a donor's behalf: with a reason, in the trail, and told to the donor."""

from collections.abc import Callable

import pytest

from core.models import TrailEntry
from core.trail import ReasonMissing
from donors.models import Mail
from donors.operations.queue_mail import read_mail
from payments.models import MonthlyAct, MonthlyGift
from payments.monthly_states import ActState, MonthlyKind, ReceiptPolicy
from payments.operations.monthly import (
    Acted,
    By,
    cancel_monthly,
    change_terms,
    choose_receipts,
    merge_gifts,
    pause,
    restart,
    resume,
    skip_next,
    switch_kind,
)
from stripe_sandbox.testing import Client
from tests.factories.monthly import FOREST_EACH_MONTH, make_monthly
from tests.factories.monthly_life import give_monthly
from tests.factories.payments import make_staff
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

Act = Callable[[MonthlyGift, By, str], Acted]
PAGES = {"return_url": "https://store.example.org/pl/back/", "cancel_url": "https://store.example.org/pl/back/"}


def raise_sum(gift: MonthlyGift, by: By, key: str) -> Acted:
    return change_terms(gift_id=gift.pk, by=by, request_key=key, lines=[FOREST_EACH_MONTH], now=NOW)


def move_day(gift: MonthlyGift, by: By, key: str) -> Acted:
    return change_terms(gift_id=gift.pk, by=by, request_key=key, day=5, now=NOW)


def skip(gift: MonthlyGift, by: By, key: str) -> Acted:
    return skip_next(gift_id=gift.pk, by=by, request_key=key, now=NOW)


def rest(gift: MonthlyGift, by: By, key: str) -> Acted:
    return pause(gift_id=gift.pk, months=1, by=by, request_key=key, now=NOW)


def go_on(gift: MonthlyGift, by: By, key: str) -> Acted:
    rest(gift, By(donor_id=gift.donor_id), f"{key} before")
    return resume(gift_id=gift.pk, by=by, request_key=key, now=NOW)


def end(gift: MonthlyGift, by: By, key: str) -> Acted:
    return cancel_monthly(gift_id=gift.pk, by=by, request_key=key, now=NOW)


def begin_again(gift: MonthlyGift, by: By, key: str) -> Acted:
    end(gift, By(donor_id=gift.donor_id), f"{key} before")
    return restart(gift_id=gift.pk, by=by, request_key=key, now=NOW, **PAGES)


def to_mails(gift: MonthlyGift, by: By, key: str) -> Acted:
    return switch_kind(gift_id=gift.pk, kind=MonthlyKind.BY_HAND, by=by, request_key=key, now=NOW, **PAGES)


def join(gift: MonthlyGift, by: By, key: str) -> Acted:
    other = make_monthly(intent_key=key, kind=MonthlyKind.BY_HAND, donor_id=gift.donor_id, lines=[FOREST_EACH_MONTH])
    return merge_gifts(keep_id=gift.pk, end_id=other.pk, by=by, request_key=key, now=NOW)


@pytest.mark.parametrize(
    ("act", "verb"),
    [
        (raise_sum, "change"),
        (move_day, "change"),
        (skip, "skip"),
        (rest, "pause"),
        (go_on, "resume"),
        (end, "cancel"),
        (begin_again, "restart"),
        (to_mails, "switch_kind"),
        (join, "merge"),
    ],
)
def test_staff_act_with_a_reason_and_the_donor_is_told(sandbox: Client, act: Act, verb: str) -> None:
    gift = give_monthly(sandbox=sandbox)
    ada = make_staff("ada")
    with pytest.raises(ReasonMissing):
        act(gift, By(staff=ada, reason="  "), "without")
    assert not MonthlyAct.objects.filter(actor=ada).exists()
    acted = act(give_monthly_again(sandbox, gift), By(staff=ada, reason="dzwoniła"), "f")
    assert acted.state is ActState.CONFIRMED
    stored = MonthlyAct.objects.get(pk=acted.act_id)
    assert (stored.actor, stored.reason, stored.verb) == (ada, "dzwoniła", verb)
    entry = TrailEntry.objects.get(facts__monthly_act=acted.act_id)
    assert (entry.actor, entry.reason, entry.act) == (ada, "dzwoniła", f"monthly.{verb}")
    mail = Mail.objects.get(key=f"monthly_act:{acted.act_id}")
    assert mail.donor_id == gift.donor_id
    assert "dzwoniła" not in str(read_mail(mail)[1])


def give_monthly_again(sandbox: Client, gift: MonthlyGift) -> MonthlyGift:
    """Another gift of the same donor, on which nothing was tried yet."""
    return give_monthly(sandbox=sandbox, intent_key="another", donor_id=gift.donor_id)


def test_choices_by_staff_stand_in_the_trail() -> None:
    gift = make_monthly()
    ada = make_staff("ada")
    with pytest.raises(ReasonMissing):
        choose_receipts(gift_id=gift.pk, policy=ReceiptPolicy.YEARLY, by=By(staff=ada), now=NOW)
    choose_receipts(gift_id=gift.pk, policy=ReceiptPolicy.YEARLY, by=By(staff=ada, reason="dzwoniła"), now=NOW)
    entry = TrailEntry.objects.get(subject=str(gift))
    assert (entry.actor, entry.act, entry.facts) == (ada, "monthly.receipt_policy", {"receipt_policy": "yearly"})
