"""Dedications: one card, on its day, and only for a gift that came about."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail as django_mail

from donors.addresses import EmailRefused
from donors.models import Dedication, DedicationState, Mail, MailState
from donors.operations import cancel_dedications, forget_stale_dedications, release_dedications, send_due_mails
from donors.operations.dedications import MAX_MESSAGE_LENGTH, MessageTooLong
from tests.factories.donors import (
    CANARY_DEDICATEE_EMAIL,
    CANARY_MESSAGE,
    CANARY_NAME,
    make_dedication,
    make_donor,
)
from tests.factories.time import NOW

pytestmark = pytest.mark.django_db

GIFT = "donation:12"
CHRISTMAS_MORNING = datetime(2026, 12, 24, 7, 0, tzinfo=UTC)  # eight o'clock in Warsaw


def test_a_card_goes_out_in_the_morning_of_its_day_and_not_before() -> None:
    make_dedication(donor_id=make_donor())
    release_dedications(reference=GIFT, now=NOW)
    assert send_due_mails(now=CHRISTMAS_MORNING - timedelta(seconds=1)) == {}
    send_due_mails(now=CHRISTMAS_MORNING)
    (card,) = django_mail.outbox
    assert card.to == [CANARY_DEDICATEE_EMAIL]
    assert CANARY_MESSAGE in card.body
    assert CANARY_NAME in card.body
    assert CANARY_NAME not in card.subject


def test_before_the_gift_is_settled_nothing_is_sent() -> None:
    make_dedication(donor_id=make_donor(), send_on=date(2026, 11, 1))
    assert send_due_mails(now=CHRISTMAS_MORNING) == {}


def test_a_day_that_has_passed_means_now() -> None:
    make_dedication(donor_id=make_donor(), send_on=date(2026, 11, 1))
    release_dedications(reference=GIFT, now=NOW)
    assert Mail.objects.get().due_at == NOW


def test_releasing_twice_sends_one_card() -> None:
    make_dedication(donor_id=make_donor(), send_on=date(2026, 11, 21))
    release_dedications(reference=GIFT, now=NOW)
    release_dedications(reference=GIFT, now=NOW)
    send_due_mails(now=NOW)
    release_dedications(reference=GIFT, now=NOW)
    assert Mail.objects.count() == 1


def test_a_second_post_of_the_same_gift_changes_nothing() -> None:
    donor_id = make_donor()
    assert make_dedication(donor_id=donor_id) == make_dedication(donor_id=donor_id, message="other words")
    assert Dedication.objects.count() == 1


@pytest.mark.parametrize("released", [False, True])
def test_a_gift_that_was_given_back_sends_no_card_and_keeps_no_word(released: bool) -> None:
    make_dedication(donor_id=make_donor())
    if released:
        release_dedications(reference=GIFT, now=NOW)
    cancel_dedications(reference=GIFT, now=NOW)
    cancel_dedications(reference=GIFT, now=NOW)
    release_dedications(reference=GIFT, now=NOW)
    assert send_due_mails(now=CHRISTMAS_MORNING) == {}
    row = Dedication.objects.get()
    assert (row.state, row.recipient_name, row.recipient_email, row.message) == (
        DedicationState.CANCELLED,
        None,
        None,
        None,
    )
    assert not Mail.objects.exclude(state=MailState.CANCELLED).exists()


def test_the_dedicatees_address_is_gone_once_the_card_is_sent() -> None:
    make_dedication(donor_id=make_donor(), send_on=date(2026, 11, 21))
    release_dedications(reference=GIFT, now=NOW)
    send_due_mails(now=NOW)
    assert Dedication.objects.get().recipient_email is None
    assert Mail.objects.get().address is None


def test_what_was_typed_for_a_gift_that_never_came_about_is_forgotten_after_a_month() -> None:
    make_dedication(donor_id=make_donor())
    assert forget_stale_dedications(now=NOW + timedelta(days=29)) == 0
    assert forget_stale_dedications(now=NOW + timedelta(days=30)) == 1
    assert Dedication.objects.get().message is None


def test_an_unusable_address_is_refused() -> None:
    with pytest.raises(EmailRefused):
        make_dedication(donor_id=make_donor(), recipient_email="b@c.pl\nBcc: everyone@example.org")


def test_a_message_longer_than_a_card_is_refused() -> None:
    with pytest.raises(MessageTooLong):
        make_dedication(donor_id=make_donor(), message="x" * (MAX_MESSAGE_LENGTH + 1))
