"""A mail is due: it becomes a row of the outbox, in the same database transaction as what it tells about."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from core.queue import enqueue
from donors import wrapping
from donors.addresses import clean_email
from donors.crypto import new_key, open_text, seal_text
from donors.mails.contexts import TOPICS, check_context
from donors.models import Donor, Mail, MailKind, MailState, MailTopic
from donors.row_ids import next_id
from donors.vault import DonorErased, key_of, place_of

logger = logging.getLogger(__name__)


class MailHasNoRecipient(ValueError):
    """A mail was queued for neither a donor nor an address. Not expected."""


def queue_mail(
    *,
    kind: MailKind | str,
    key: str,
    context: Mapping[str, Any],
    now: datetime,
    due_at: datetime | None = None,
    donor_id: int | None = None,
    address: str | None = None,
    language: str | None = None,
    topic: MailTopic | None = None,
    lapses_at: datetime | None = None,
) -> None:
    """Puts one mail into the outbox: to the donor, or to `address` (and then `donor_id` says whose key encrypts it).

    `key` is unique: the same mail queued twice is sent once. Without `due_at` it is due now. `language` is the donor's
    unless given. `topic` says by which of the donor's choices the mail may be dropped, where the kind alone doesn't; from
    `lapses_at` on it isn't sent any more. Nobody is written to who was erased, or gave without an address. Raises
    contexts.ContextMismatch, MailHasNoRecipient, addresses.EmailRefused, Donor.DoesNotExist.
    """
    kind = MailKind(kind)
    check_context(kind=kind, context=context)
    if donor_id is None and not address:
        raise MailHasNoRecipient(key)
    to = clean_email(address) if address else ""
    donor = None if donor_id is None else Donor.objects.get(pk=donor_id)
    if donor is not None and not to and donor.email is None and donor.erased_at is None:
        return
    mail = Mail(id=next_id(Mail), key=key, kind=kind, donor=donor, queued_at=now)
    mail.language = language or (donor.language if donor else get_language() or "pl")
    mail.due_at = mail.next_try_at = due_at or now
    mail.topic, mail.lapses_at = (topic or TOPICS.get(kind) or "") if donor else "", lapses_at
    try:
        data_key = _give_key(mail)
    except DonorErased:
        logger.info("mail_for_erased_donor", extra={"kind": kind.value, "donor_id": donor_id})
        return
    mail.address = seal_text(key=data_key, text=to, place=place_of(mail, "address"))
    text = json.dumps(dict(context), ensure_ascii=False)
    mail.context = seal_text(key=data_key, text=text, place=place_of(mail, "context"))
    # Where the key is taken nothing is stored, and the hint leads to nothing.
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
    if mail.due_at <= now:
        enqueue("donors.send_mail", mail.pk)


def cancel_mail(*, key: str) -> bool:
    """Takes back a mail that is still waiting, and forgets its content. Says whether there was one."""
    waiting = Mail.objects.filter(key=key, state=MailState.WAITING)
    return bool(waiting.update(state=MailState.CANCELLED, address=None, context=None, own_key=None))


def read_mail(mail: Mail) -> tuple[str, dict[str, Any]]:
    """A waiting mail's recipient (empty: its donor) and context. Raises vault.DonorErased, crypto.DecryptionRefused."""
    key = _key(mail)
    address = open_text(key=key, sealed=mail.address, place=place_of(mail, "address"))
    context: dict[str, Any] = json.loads(open_text(key=key, sealed=mail.context, place=place_of(mail, "context")))
    return address, context


def _give_key(mail: Mail) -> bytes:
    if mail.donor is not None:
        return key_of(mail.donor, "contact_key")
    key = new_key()
    mail.own_key = wrapping.wrap(key=key, place=place_of(mail, "own_key"))
    mail.wrapped_with = wrapping.current_key_id()
    return key


def _key(mail: Mail) -> bytes:
    if mail.donor is not None:
        return key_of(mail.donor, "contact_key")
    assert mail.own_key is not None  # the database refuses a mail with neither
    return wrapping.unwrap(wrapped=mail.own_key, place=place_of(mail, "own_key"))
