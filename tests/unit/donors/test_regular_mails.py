"""Mails about regular giving: what each says plainly, and how those that can be done without are turned off."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default as modern

import pytest
from django.core import mail as django_mail

from donors import operations, sessions
from donors.mails.contexts import TOPICS
from donors.mails.render import render_mail
from donors.mails.words import CHANGES, INTERVALS
from donors.models import Mail, MailChoice, MailKind, MailState, MailTopic
from donors.sign_in import Refusal, sign_in_by_link
from donors.unsubscribing import unsubscribe_token
from payments.monthly_states import ActVerb, Interval
from tests.factories.donors import MAIL_CONTEXTS, make_donor, queue_receipt
from tests.factories.time import NOW


def told(kind: MailKind, language: str, **given: object) -> str:
    """The mail's text with ordinary spaces; its HTML says the same words."""
    rendered = render_mail(kind=kind, language=language, context={**MAIL_CONTEXTS[kind], **given})
    for url in re.findall(r"https://\S+", rendered.text):
        assert f'"{url}"' in rendered.html, f"{url} stands in the text alone"
    return rendered.text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("kind", "language", "says"),
    [
        (MailKind.SIGN_IN, "en", ["012345", "/sign-in/link/abc/", "once, within ten minutes"]),
        (MailKind.SIGN_IN, "pl", ["012345", "/sign-in/link/abc/"]),
        (MailKind.MONTHLY_STARTED, "en", ["you give 50.00 zł every month", "28 February 2027", "/monthly/undo/abc/"]),
        (MailKind.MONTHLY_STARTED, "pl", ["50,00 zł", "28 lutego 2027", "/monthly/undo/abc/"]),
        (MailKind.MONTHLY_CHANGED, "en", ["50.00 zł every three months", "before 21 February 2027", "31 March 2027"]),
        (MailKind.MONTHLY_CHANGED, "pl", ["50,00 zł", "21 lutego 2027", "31 marca 2027"]),
        (MailKind.RENEWAL_FAILED, "en", ["50.00 zł was not made", "24 November 2026", "/monthly/mend/abc/"]),
        (MailKind.RENEWAL_FAILED, "pl", ["50,00 zł", "24 listopada 2026", "/monthly/mend/abc/"]),
        (MailKind.CARD_EXPIRES, "en", ["12/2026", "in 30 days", "/my-giving/"]),
        (MailKind.CARD_EXPIRES, "pl", ["12/2026", "30", "/my-giving/"]),
        (MailKind.OCCASION, "en", ["Nothing is taken by itself", "/give/abc/", "/skip/abc/", "/stop/abc/"]),
        (MailKind.OCCASION, "pl", ["50,00 zł", "/give/abc/", "/skip/abc/", "/stop/abc/"]),
        (MailKind.MONTHLY_ENDED, "en", ["Nothing more will be taken", "stopped asking the bank"]),
        (MailKind.MONTHLY_ENDED, "pl", ["/my-giving/"]),
        (MailKind.UPGRADE_OFFER, "en", ["10.00 zł more", "would then be 60.00 zł", "/monthly/more/abc/"]),
        (MailKind.UPGRADE_OFFER, "pl", ["10,00 zł", "60,00 zł", "/monthly/more/abc/"]),
        (MailKind.YEARLY_STATEMENT, "en", ["for 2026", "600.00 zł"]),
        (MailKind.YEARLY_STATEMENT, "pl", ["2026", "600,00 zł"]),
        (MailKind.ERASED, "en", ["until 1 January 2032"]),
        (MailKind.ERASED, "pl", ["1 stycznia 2032"]),
    ],
)
def test_each_kind_says_what_matters(kind: MailKind, language: str, says: list[str]) -> None:
    text = told(kind, language)
    assert [words for words in says if words not in text] == []


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("kind", [kind for kind in MailKind if "lines" in MAIL_CONTEXTS[kind]])
def test_no_subject_names_the_need(kind: MailKind, language: str) -> None:
    subject = render_mail(kind=kind, language=language, context=MAIL_CONTEXTS[kind]).subject
    assert MAIL_CONTEXTS[kind]["lines"][0]["title"] not in subject


@pytest.mark.parametrize(
    ("state", "next_try_on", "says"),
    [
        ("retrying", "2026-11-24", "We will try again on 24 November 2026."),
        ("retrying", "", "We will try again. If the same card is good"),
        ("action_required", "", "Your bank wants you to confirm the payment yourself."),
        ("failed", "", "We will not try again by ourselves."),
    ],
)
def test_a_failed_renewal_says_what_to_do(state: str, next_try_on: str, says: str) -> None:
    assert says in told(MailKind.RENEWAL_FAILED, "en", state=state, next_try_on=next_try_on)


def test_what_was_told_in_confidence_is_not_repeated() -> None:
    text = told(MailKind.MONTHLY_ENDED, "en", reason="safety")
    assert "safe" not in text.lower()


def test_a_second_gift_to_the_same_need_is_asked_about_and_one_by_hand_says_so() -> None:
    url = "https://store.example.org/pl/monthly/merge/abc/"
    text = told(MailKind.MONTHLY_STARTED, "en", merge_url=url, by_hand=True)
    assert url in text
    assert "Nothing is taken by itself" in text
    assert "joins them" not in told(MailKind.MONTHLY_STARTED, "en")


def test_every_act_on_a_monthly_gift_has_its_words() -> None:
    told_by_another_mail = {ActVerb.CANCEL}
    assert {verb.value for verb in set(ActVerb) - told_by_another_mail} | {"upgrade", "not_done"} == set(CHANGES)
    assert {interval.value for interval in Interval} == set(INTERVALS)


def test_with_nothing_kept_an_erasure_says_so() -> None:
    assert "Nothing is kept." in told(MailKind.ERASED, "en", kept_until="")


def queue(kind: MailKind, *, donor_id: int, **given: object) -> Mail:
    operations.queue_mail(kind=kind, key=f"{kind}:1", donor_id=donor_id, context=MAIL_CONTEXTS[kind], now=NOW, **given)
    return Mail.objects.get(key=f"{kind}:1")


@pytest.mark.django_db
class TestTurningOff:
    @pytest.mark.parametrize("kind", list(TOPICS))
    def test_what_can_be_done_without_says_how_in_its_headers_and_at_its_end(self, kind: MailKind) -> None:
        donor_id = make_donor()
        queue(kind, donor_id=donor_id)
        operations.send_due_mails(now=NOW)
        (sent,) = django_mail.outbox
        headers = message_from_bytes(sent.message().as_bytes(), policy=modern)
        token = unsubscribe_token(donor_id=donor_id, topic=TOPICS[kind])
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert str(headers["List-Unsubscribe"]).replace(" ", "").endswith(f"/pl/unsubscribe/{token}/>")
        assert sent.extra_headers["List-Unsubscribe"][1:-1] in sent.body
        assert sent.extra_headers["List-Unsubscribe"][1:-1] in sent.alternatives[0].content

    @pytest.mark.parametrize("kind", sorted(set(MailKind) - set(TOPICS) - {MailKind.STAFF_NOTICE, MailKind.ECARD}))
    def test_what_is_needed_can_not_be_turned_off(self, kind: MailKind) -> None:
        donor_id = make_donor()
        for topic in MailTopic:
            operations.choose_mails(donor_id=donor_id, topic=topic, wanted=False, now=NOW)
        queue(kind, donor_id=donor_id)
        operations.send_due_mails(now=NOW)
        (sent,) = django_mail.outbox
        assert "List-Unsubscribe" not in sent.extra_headers

    def test_a_renewals_receipt_can_and_the_first_one_can_not(self) -> None:
        donor_id = make_donor()
        operations.choose_mails(donor_id=donor_id, topic=MailTopic.RECEIPTS_EACH, wanted=False, now=NOW)
        first = queue_receipt(donor_id=donor_id, key="first")
        renewal = queue_receipt(donor_id=donor_id, key="renewal", topic=MailTopic.RECEIPTS_EACH)
        operations.send_due_mails(now=NOW)
        first.refresh_from_db()
        renewal.refresh_from_db()
        assert (first.state, renewal.state) == (MailState.SENT, MailState.CANCELLED)
        assert (renewal.address, renewal.context) == (None, None)

    def test_turned_off_after_it_was_queued_a_mail_is_cancelled_and_others_go(self) -> None:
        donor_id = make_donor()
        card = queue(MailKind.CARD_EXPIRES, donor_id=donor_id, due_at=NOW + timedelta(days=1))
        statement = queue(MailKind.YEARLY_STATEMENT, donor_id=donor_id, due_at=NOW + timedelta(days=1))
        token = unsubscribe_token(donor_id=donor_id, topic=MailTopic.REMINDERS_CARD)
        assert operations.look_at_unsubscribe(token=token) is MailTopic.REMINDERS_CARD
        assert not MailChoice.objects.exists(), "looking changes nothing"
        for _ in range(2):
            assert operations.unsubscribe(token=token, now=NOW) is MailTopic.REMINDERS_CARD
        operations.send_due_mails(now=NOW + timedelta(days=1))
        card.refresh_from_db()
        statement.refresh_from_db()
        assert (card.state, statement.state) == (MailState.CANCELLED, MailState.SENT)
        choices = operations.mail_choices(donor_id=donor_id)
        assert [topic for topic, wanted in choices.items() if not wanted] == [MailTopic.REMINDERS_CARD]

    def test_it_can_be_turned_on_again(self) -> None:
        donor_id = make_donor()
        for wanted in (False, True):
            operations.choose_mails(donor_id=donor_id, topic="reports", wanted=wanted, now=NOW)
        assert all(operations.mail_choices(donor_id=donor_id).values())

    def test_a_token_turns_off_its_own_kind_for_its_own_donor_alone(self) -> None:
        donor_id, other_id = make_donor(), make_donor(email="other@example.org")
        operations.unsubscribe(token=unsubscribe_token(donor_id=donor_id, topic=MailTopic.REPORTS), now=NOW)
        assert all(operations.mail_choices(donor_id=other_id).values())
        assert MailChoice.objects.count() == 1

    @pytest.mark.parametrize("change", ["donor", "topic", "mac", "junk", "empty", "huge"])
    def test_a_token_that_is_not_ours_does_nothing(self, change: str) -> None:
        donor_id, other_id = make_donor(), make_donor(email="other@example.org")
        number, topic, mac = unsubscribe_token(donor_id=donor_id, topic=MailTopic.REPORTS).split("-", 2)
        token = {
            "donor": f"{other_id}-{topic}-{mac}",
            "topic": f"{number}-receipts_each-{mac}",
            "mac": f"{number}-{topic}-{mac[:-2]}AA" if not mac.endswith("AA") else f"{number}-{topic}-{mac[:-2]}BB",
            "junk": "\udcff-\u0663-x",
            "empty": "",
            "huge": f"{'9' * 40}-{topic}-{mac}",
        }[change]
        assert operations.look_at_unsubscribe(token=token) is None
        assert operations.unsubscribe(token=token, now=NOW) is None
        assert not MailChoice.objects.exists()

    def test_it_signs_nobody_in_and_outlives_its_donor_without_a_trace(self) -> None:
        donor_id = make_donor()
        token = unsubscribe_token(donor_id=donor_id, topic=MailTopic.REPORTS)
        assert sign_in_by_link(token=token, browser="b", now=NOW) is Refusal.GONE
        assert sessions.current_donor(token=token, now=NOW) is None
        operations.erase_contact(donor_id=donor_id, now=NOW)
        assert operations.unsubscribe(token=token, now=NOW) is MailTopic.REPORTS
        assert not MailChoice.objects.exists()
