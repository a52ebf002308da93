"""Something is down while somebody gives. It delays what hangs on it, and nothing else."""

import socket
import time
from dataclasses import dataclass
from typing import Any

import pytest
from oscar.apps.order.models import Order
from pytest_django import Settings

from core import queue
from donors.models import Mail
from payments.models import Charge
from payments.states import DonationState
from shop.celery import app
from tests.support.story import Clock, Donor, Story, Workers

pytestmark = pytest.mark.money

SEND_FOR_REAL = queue.send
"""Kept from before the tests' queue took its place."""
NOBODY_LISTENS_THERE = 9
LONGEST_WAIT_SECONDS = 5
"""A refused connection takes milliseconds; a client that tries again and again takes six seconds."""
PATIENCE_SECONDS = 0.5


def test_the_broker_is_down(
    donor: Donor,
    story: Story,
    clock: Clock,
    workers: Workers,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No hint reaches a worker: Zofia gives as ever, and the sweepers bring her mail two minutes after the broker is back."""
    with monkeypatch.context() as meanwhile:
        lost = the_broker_goes_down(meanwhile)
        donor.puts_in_basket("warm-night")
        donor.gives_now()
        assert "Thank you" in donor.pays()
        story.webhooks.arrive(then_work=False)
        assert len(lost) > 3
        assert caplog.messages.count("hint_lost") == len(lost)
        assert max(hint.seconds for hint in lost) < LONGEST_WAIT_SECONDS, "a lost hint keeps no donor waiting"
    assert donor.donation.state == DonationState.SETTLED
    assert donor.takes_the_receipt().startswith(b"%PDF-")
    assert donor.finds_mails() == []
    assert Order.objects.get().status == "awaiting"

    clock.passes(minutes=2)
    workers.beat_strikes()
    assert len(donor.finds_mails()) == 1
    assert Order.objects.get().status == "paid"
    assert Charge.objects.count() == 1


def test_the_broker_hangs(
    donor: Donor, story: Story, clock: Clock, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker takes the call and says nothing: one hint waits for it, the others don't, and Zofia gives as ever."""
    with monkeypatch.context() as meanwhile, socket.create_server(("127.0.0.1", 0)) as silent:
        lost = the_broker_goes_down(meanwhile, port=silent.getsockname()[1])
        meanwhile.setitem(app.conf.broker_transport_options, "socket_timeout", PATIENCE_SECONDS)
        donor.opens_package("warm-night")
        donor.gives_now()
        assert "Thank you" in donor.pays()
        story.webhooks.arrive(then_work=False)
        assert len(lost) > 3
        assert [hint.was_tried for hint in lost] == [True] + [False] * (len(lost) - 1)
        assert lost[0].seconds >= PATIENCE_SECONDS

    clock.passes(minutes=2)
    workers.beat_strikes()
    assert len(donor.finds_mails()) == 1
    assert Order.objects.get().status == "paid"


@dataclass(frozen=True)
class LostHint:
    was_tried: bool
    """Or the process was quiet, since another had been lost before."""
    seconds: float
    """How long it took."""


def the_broker_goes_down(meanwhile: pytest.MonkeyPatch, *, port: int = NOBODY_LISTENS_THERE) -> list[LostHint]:
    """From now on hints go where nobody answers; each is noted, and one loss keeps the process quiet for long."""
    lost: list[LostHint] = []

    def send(name: str, *args: Any) -> None:
        began = time.monotonic()
        was_tried = began >= queue._quiet.until
        SEND_FOR_REAL(name, *args)
        lost.append(LostHint(was_tried, time.monotonic() - began))

    meanwhile.setattr(app.conf, "broker_url", f"redis://127.0.0.1:{port}/0")
    meanwhile.setattr(app.amqp, "_producer_pool", None)  # it keeps the address that it was first asked for
    meanwhile.setattr("core.queue._quiet.until", 0.0)
    meanwhile.setattr("core.queue.QUIET_AFTER_LOSS_SECONDS", 3600)
    meanwhile.setattr("core.queue.send", send)
    return lost


def test_the_mail_server_is_down(
    donor: Donor, story: Story, clock: Clock, workers: Workers, settings: Settings
) -> None:
    """The mail server refuses: the gift is booked, the page has the receipt, and the mail comes when the server is back."""
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", NOBODY_LISTENS_THERE
    donor.opens_package("warm-night")
    donor.gives_now()
    assert "Thank you" in donor.pays()
    story.everybody_does_their_part()
    assert donor.donation.state == DonationState.SETTLED
    assert Order.objects.get().status == "paid"
    assert donor.takes_the_receipt().startswith(b"%PDF-")
    assert Mail.objects.get().state == "waiting"

    settings.EMAIL_BACKEND = works
    clock.passes(minutes=2)
    workers.beat_strikes()
    workers.beat_strikes()
    assert len(donor.finds_mails()) == 1
