"""Checkout drafts: nothing typed is lost for a day, and nobody without the token can read it."""

from datetime import timedelta

import pytest

from donors.crypto import DecryptionRefused
from donors.models import CheckoutDraft
from donors.operations import DraftTooLarge, drop_draft, expire_drafts, load_draft, save_draft
from tests.factories.donors import CANARY_EMAIL, CANARY_MESSAGE
from tests.factories.time import NOW

pytestmark = pytest.mark.django_db

TYPED = {"email": CANARY_EMAIL, "message": CANARY_MESSAGE, "cover_fee": True}
A_DAY_LATER = NOW + timedelta(hours=24)


def test_what_was_typed_comes_back() -> None:
    token = save_draft(token=None, data=TYPED, now=NOW)
    assert load_draft(token=token, now=A_DAY_LATER - timedelta(seconds=1)) == TYPED


def test_saving_again_keeps_the_token_and_the_last_words() -> None:
    token = save_draft(token=None, data=TYPED, now=NOW)
    assert save_draft(token=token, data={"email": "new@example.org"}, now=NOW) == token
    assert load_draft(token=token, now=NOW) == {"email": "new@example.org"}
    assert CheckoutDraft.objects.count() == 1


@pytest.mark.parametrize("token", [None, "", "made-up", "\x00", "ż" * 500])
def test_a_token_that_a_stranger_made_up_reads_nothing_and_is_not_adopted(token: str | None) -> None:
    assert load_draft(token=token, now=NOW) == {}
    assert save_draft(token=token, data=TYPED, now=NOW) != token


def test_after_a_day_it_is_unreadable_and_then_gone() -> None:
    token = save_draft(token=None, data=TYPED, now=NOW)
    assert load_draft(token=token, now=A_DAY_LATER) == {}
    assert save_draft(token=token, data=TYPED, now=A_DAY_LATER) != token
    assert expire_drafts(now=A_DAY_LATER) == 1
    assert CheckoutDraft.objects.count() == 1


def test_a_dropped_draft_is_gone() -> None:
    token = save_draft(token=None, data=TYPED, now=NOW)
    drop_draft(token=token)
    assert not CheckoutDraft.objects.exists()


def test_the_content_of_one_draft_is_refused_in_another() -> None:
    token = save_draft(token=None, data=TYPED, now=NOW)
    foreign = save_draft(token=None, data={}, now=NOW)
    content = CheckoutDraft.objects.order_by("pk").values_list("content", flat=True)[0]
    CheckoutDraft.objects.update(content=content)
    assert load_draft(token=token, now=NOW) == TYPED
    with pytest.raises(DecryptionRefused):
        load_draft(token=foreign, now=NOW)


def test_the_row_and_the_token_are_not_enough_without_the_key_of_the_environment(settings) -> None:
    token = save_draft(token=None, data=TYPED, now=NOW)
    settings.DONOR_HASH_KEY = "another key"
    with pytest.raises(DecryptionRefused):
        load_draft(token=token, now=NOW)


def test_more_than_a_form_can_hold_is_refused() -> None:
    with pytest.raises(DraftTooLarge):
        save_draft(token=None, data={"message": "x" * 40_000}, now=NOW)
