"""A donor chooses which mails to get: on the page, or with one click from a mail."""

from datetime import datetime

from donors.models import Donor, MailChoice, MailTopic
from donors.unsubscribing import read_token


def mail_choices(*, donor_id: int) -> dict[MailTopic, bool]:
    """Which kinds of mail the donor wants; every one unless it was turned off."""
    chosen = dict(MailChoice.objects.filter(donor_id=donor_id).values_list("topic", "wanted"))
    return {topic: chosen.get(topic.value, True) for topic in MailTopic}


def choose_mails(*, donor_id: int, topic: MailTopic | str, wanted: bool, now: datetime) -> None:
    """Turns one kind of mail on or off. Mails of it that wait already are dropped when their turn comes.

    Raises ValueError for no topic, Donor.DoesNotExist. Of a donor who was erased nothing is kept.
    """
    topic = MailTopic(topic)
    if Donor.objects.get(pk=donor_id).erased_at is None:
        MailChoice.objects.update_or_create(
            donor_id=donor_id, topic=topic, defaults={"wanted": wanted, "changed_at": now}
        )


def look_at_unsubscribe(*, token: str) -> MailTopic | None:
    """What the token would turn off; None for a token that isn't ours. Changes nothing."""
    told = read_token(token)
    return told.topic if told else None


def unsubscribe(*, token: str, now: datetime) -> MailTopic | None:
    """Turns off the one kind of mail that the token names; None for a token that isn't ours. May run twice (RFC 8058, 3.2)."""
    told = read_token(token)
    if told is None or not Donor.objects.filter(pk=told.donor_id).exists():
        return None
    choose_mails(donor_id=told.donor_id, topic=told.topic, wanted=False, now=now)
    return told.topic
