"""Canaries: a donor's words stand in no log, no exception, no repr and no hint to the broker."""

import logging
import traceback
from dataclasses import replace

import pytest

from core import queue
from donors import operations
from donors.crypto import DecryptionRefused
from donors.mails import transport
from donors.mails.contexts import REQUIRED
from donors.mails.render import render_mail
from donors.models import Donor, Mail, MailKind, MailTopic
from donors.sign_in import ask_for_link, sign_in_by_code, sign_in_by_link
from donors.unsubscribing import unsubscribe_token
from donors.vault import read_contact
from tests.factories.donors import (
    CANARIES,
    CANARY_ADDRESS,
    CANARY_EMAIL,
    CANARY_NAME,
    make_dedication,
    make_donor,
    queue_receipt,
)
from tests.factories.time import NOW


def found_in(text: str) -> list[str]:
    return [word for word in CANARIES if word.lower() in text.lower()]


def everything_logged(records: list[logging.LogRecord]) -> str:
    """Messages, arguments, extras and tracebacks of all records, at every level."""
    parts = []
    for record in records:
        parts.append(record.getMessage())
        parts.append(str(vars(record)))
        if record.exc_info and record.exc_info[0]:
            parts.append("".join(traceback.format_exception(*record.exc_info)))
    return "\n".join(parts)


def whole_life(*, reply: Exception | None, monkeypatch) -> None:
    """Everything this room does with a donor, the mail server answering with `reply`."""

    def answer(message) -> None:
        if reply is not None:
            with transport._failures_named():
                raise reply

    monkeypatch.setattr(transport, "deliver", answer)
    donor_id = make_donor()
    make_donor()
    make_dedication(donor_id=donor_id)
    token = operations.save_draft(token=None, data={"email": CANARY_EMAIL}, now=NOW)
    operations.load_draft(token=token, now=NOW)
    operations.release_dedications(reference="donation:12", now=NOW)
    operations.write_statutory_record(donor_id=donor_id, now=NOW)
    queue_receipt(donor_id=donor_id)
    queue_receipt(donor_id=donor_id, key="odd", context={**_context(), "lines": [{"title": CANARY_EMAIL}]})
    operations.send_due_mails(now=NOW)
    at_home(donor_id)
    operations.erase_everything(donor_id=donor_id, now=NOW)
    operations.send_due_mails(now=NOW)
    operations.erase_what_is_due(now=NOW.replace(year=2040))
    operations.queue_mail(
        donor_id=donor_id, kind="refund", key="r", context={"refund_minor": 1, "sum_minor": 1}, now=NOW
    )


def at_home(donor_id: int) -> None:
    """What a donor does who signs in, or clicks in a mail."""
    for address in (CANARY_EMAIL, f"{CANARY_EMAIL}\nBcc: x"):
        ask_for_link(email=address, next_path=f"/pl/{CANARY_EMAIL}", language="pl", browser="b", now=NOW)
    operations.sweep_sign_ins(now=NOW)
    sign_in_by_code(code=CANARY_EMAIL, browser="b", now=NOW)
    sign_in_by_link(token=CANARY_EMAIL, browser="b", now=NOW)
    operations.unsubscribe(token=CANARY_EMAIL, now=NOW)
    operations.unsubscribe(token=unsubscribe_token(donor_id=donor_id, topic=MailTopic.REPORTS), now=NOW)
    operations.change_contact(
        donor_id=donor_id, name=CANARY_NAME, company_name="", nip="", address=CANARY_ADDRESS, language="pl", now=NOW
    )
    operations.cards_of(donor_id=donor_id)
    operations.export_donor(donor_id=donor_id)
    operations.remember_anonymous(email=CANARY_EMAIL, name=CANARY_NAME, language="pl", now=NOW)


def _context() -> dict:
    return {"sum_minor": 1, "lines": [], "receipt_number": "1", "receipt_url": "https://store.example.org/"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "reply",
    [None, RuntimeError(f"what is {CANARY_EMAIL}?"), ConnectionResetError(CANARY_EMAIL), ValueError(CANARY_EMAIL)],
    ids=["taken", "unforeseen", "reset", "malformed"],
)
def test_no_log_at_any_level_holds_a_word_of_a_donor(caplog, monkeypatch, reply) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in ("django.template", "django.db.backends", "donors", "core"):
            caplog.set_level(logging.DEBUG, logger=name)
        whole_life(reply=reply, monkeypatch=monkeypatch)
    assert caplog.records
    assert not found_in(everything_logged(caplog.records))


@pytest.mark.parametrize("kind", list(MailKind))
def test_rendering_misses_no_name_since_django_would_log_all_others_beside_it(caplog, kind) -> None:
    context = {name: [] if name in ("lines", "next_dates", "areas") else 1 for name in REQUIRED[kind]}
    with caplog.at_level(logging.DEBUG, logger="django.template"):
        render_mail(kind=kind, language="pl", context=context | {"message": "x"} if kind == "ecard" else context)
    assert not caplog.records


@pytest.mark.django_db
def test_hints_to_the_broker_carry_ids_only(hints, django_capture_on_commit_callbacks, monkeypatch) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        whole_life(reply=None, monkeypatch=monkeypatch)
    assert hints
    assert all(isinstance(arg, int) for _, args in hints for arg in args)


@pytest.mark.django_db
def test_no_exception_nor_its_chain_quotes_what_it_was_about(monkeypatch) -> None:
    donor_id = make_donor()
    donor = Donor.objects.get(pk=donor_id)
    donor.name, donor.address = donor.address, donor.name
    with pytest.raises(DecryptionRefused) as refusal:
        read_contact(donor)
    told = "".join(traceback.format_exception(refusal.value))
    assert not found_in(told)
    assert refusal.value.__suppress_context__


@pytest.mark.django_db
def test_no_repr_shows_a_donor() -> None:
    donor_id = make_donor()
    record_id = operations.write_statutory_record(donor_id=donor_id, now=NOW)
    contact = read_contact(Donor.objects.get(pk=donor_id))
    shown = [
        contact,
        replace(contact, name="x"),
        operations.read_statutory_record(record_id=record_id),
        Donor.objects.get(pk=donor_id),
        queue_receipt(donor_id=donor_id),
        render_mail(
            kind=MailKind.ECARD,
            language="pl",
            context={"recipient_name": CANARIES[0], "giver_name": CANARIES[1], "message": CANARIES[-1]},
        ),
    ]
    assert not found_in("".join(repr(thing) + str(thing) for thing in shown))


@pytest.mark.django_db
def test_a_broker_that_is_down_loses_the_hint_and_not_the_mail(monkeypatch, django_capture_on_commit_callbacks) -> None:
    def unreachable(*args, **kwargs):
        raise OSError("no broker")

    monkeypatch.undo()
    monkeypatch.setattr(queue.current_app, "send_task", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        queue_receipt(donor_id=make_donor())
    operations.send_due_mails(now=NOW)
    assert Mail.objects.get().sent_at == NOW
