"""For tests: a sandbox in a thread or a process of its own, and a small client for its admin address."""

import contextlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import stripe

from stripe_sandbox.server import Sandbox
from stripe_sandbox.world import Settings

#: What a test uses unless it says otherwise. They look like Stripe's and open nothing.
KEY = "sk_test_sandbox"
WEBHOOK_SECRET = "whsec_sandbox_secret_for_tests_only"  # noqa: S105 - opens nothing but a sandbox

#: Seconds; moving the clock over years takes its time.
_LONGEST_ANSWER = 900


class SandboxError(AssertionError):
    """The admin address answered with an error."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status}: {body.get('error', {}).get('message', body)}")
        self.status = status
        self.body = body


class Client:
    """Pays, breaks and looks at a running sandbox."""

    def __init__(self, url: str, *, key: str = KEY, webhook_secret: str = WEBHOOK_SECRET) -> None:
        self.url = url
        self.key = key
        self.webhook_secret = webhook_secret

    def stripe_client(self, **options: Any) -> stripe.StripeClient:
        """The official client, pointed at this sandbox."""
        options.setdefault("http_client", stripe.RequestsClient(timeout=(5, 25)))
        return stripe.StripeClient(self.key, base_addresses={"api": self.url}, **options)

    def pay(self, session_id: str, **form: Any) -> dict[str, Any]:
        """Pay a session as its page would: ``card="4242..."`` (the default), ``blik="123456"`` or ``p24="ing"``.

        ``outcome``: ``approve``, ``refuse``, ``time_out``, ``later`` (``then="succeed"|"fail"``, ``after=seconds``) or
        ``none``. Tampering: ``amount``, ``currency``, ``though_closed=True``. Answers ``result`` (``paid``, ``kept`` when
        nothing was due, ``pending``, ``challenged``, ``refused``, ``invalid``, ``closed``), ``errors``, ``refusal`` and
        ``session``.
        """
        return self.call("POST", f"sessions/{session_id}/pay", form)

    def setup(
        self, session_id: str, *, card: str = "4242424242424242", exp: str = "12/49", **form: Any
    ) -> dict[str, Any]:
        """Type a card, with its date as month and year, on the page of a session in setup mode; answers as ``pay``.

        ``result`` is ``kept`` when it is done.
        """
        return self.pay(session_id, card=card, expiry=exp, **form)

    def portal_card(
        self, session_id: str, *, card: str = "4242424242424242", exp: str = "12/49", **form: Any
    ) -> dict[str, Any]:
        """Type a card in a billing portal, which replaces the one that is used; answers ``result`` and ``refusal``."""
        return self.call("POST", f"portal/{session_id}/card", {"card": card, "exp": exp, **form})

    def portal_cancel(self, session_id: str, subscription: str) -> dict[str, Any]:
        """Cancel a subscription in a billing portal, as its configuration says."""
        return self.call("POST", f"portal/{session_id}/cancel", {"subscription": subscription})

    def pay_invoice(self, invoice_id: str, **form: Any) -> dict[str, Any]:
        """Pay an open invoice on its page: with the kept card, or with ``card`` and ``exp``, which is kept then.

        ``outcome``: ``approve``, ``refuse`` or ``none`` where the bank asks. Answers ``result`` and ``refusal``.
        """
        return self.call("POST", f"invoices/{invoice_id}/pay", form)

    def revoke(self, method_id: str) -> dict[str, Any]:
        """End the agreement that a payment method is kept under, as its payer or the bank would: ``mandate``."""
        return self.call("POST", f"payment_methods/{method_id}/revoke", {})

    def fault(self, kind: str, **facts: Any) -> dict[str, Any]:
        """Put a fault in force; ``stripe_sandbox.faults.KINDS`` says which there are."""
        return self.call("POST", "faults", {"kind": kind, **facts})

    def faults(self) -> list[dict[str, Any]]:
        """The faults in force, with how often each struck."""
        return list(self.call("GET", "faults")["faults"])

    def clear_faults(self) -> None:
        """Take all faults out of force."""
        self.call("DELETE", "faults")

    def clock(self, *, now: int | None = None, offset: int | None = None, stopped: bool = False) -> dict[str, Any]:
        """Move the clock and do what falls due; without arguments it goes back to the machine's time."""
        if now is None and offset is None:
            offset = 0
        return self.call("POST", "clock", {"now": now, "offset": offset, "stopped": stopped})

    def now(self) -> int:
        """Seconds since the epoch by the sandbox's clock."""
        return int(self.call("GET", "clock")["now"])

    def advance(self, *, seconds: int = 0, days: int = 0, to: int | None = None) -> int:
        """Move the clock on, or to a second, and let it stand there: renewals and retries fall due. The new time."""
        now = self.now() + seconds + days * 86_400 if to is None else to
        return int(self.clock(now=now, stopped=True)["now"])

    def renew(self, subscription_id: str) -> dict[str, Any]:
        """Move the clock to a subscription's next renewal and its charge; the subscription with its latest invoice."""
        return dict(self.call("POST", f"subscriptions/{subscription_id}/renew", {})["subscription"])

    def billing(self, **settings: Any) -> dict[str, Any]:
        """Set how renewals are collected: ``retries`` (days from each failure to the next attempt; 3, 5, 7),
        ``then`` (``cancel``, ``unpaid``, ``past_due``), ``invoice`` (``leave``, ``mark_uncollectible``, ``void``),
        ``finalizes_after`` (seconds as a draft; 3600) and ``events_kept_days`` (None: for ever). Answers all of them.
        """
        return self.call("POST", "billing", settings)

    def change_card(self, method_id: str, **facts: Any) -> dict[str, Any]:
        """Let a kept card do from now on what the test card ``card="4000..."`` does, or give it another date
        (``exp_month``, ``exp_year``; ``automatically=True`` as its network does). ``at=second``: then, not now.
        """
        return self.call("POST", f"payment_methods/{method_id}/change", facts)

    def authenticate(self, invoice_id: str, outcome: str = "approve") -> dict[str, Any]:
        """Answer for the payer the bank's question about an invoice: ``approve`` or ``refuse``."""
        return self.call("POST", f"invoices/{invoice_id}/authenticate", {"outcome": outcome})

    def books(self, subscription: str | None = None) -> dict[str, Any]:
        """What the sandbox booked: ``subscriptions`` (by id: ``status``, ``metadata``, ``paid`` invoices with period,
        sum and charge), ``balance``, ``fees`` and ``transactions``.
        """
        return self.call("POST", "books", {} if subscription is None else {"subscription": subscription})

    def payout(self, **settings: Any) -> dict[str, Any] | None:
        """Send now what is available, as the schedule would; None when there is nothing. ``debit=True`` fetches from the
        bank what lacks. ``interval="daily"`` (06:00 UTC) or ``"manual"`` sets the schedule instead.
        """
        answer = self.call("POST", "payouts", settings)
        return answer.get("payout", answer) if settings else answer["payout"]

    def move_payout(self, payout_id: str, to: str) -> dict[str, Any]:
        """Let a payout be ``paid``, ``failed`` or ``reconciled`` now; the payout."""
        return self.call("POST", f"payouts/{payout_id}/move", {"to": to})

    def dispute(self, charge_id: str, **facts: Any) -> dict[str, Any]:
        """Dispute a charge: ``amount``, ``reason``, ``inquiry=True`` (asks, takes nothing), ``fee``; the dispute."""
        return self.call("POST", f"charges/{charge_id}/dispute", facts)

    def decide(self, dispute_id: str, outcome: str, **facts: Any) -> dict[str, Any]:
        """The bank's word: ``won`` (``amount``, ``fee_back=True``), ``lost``, or of an inquiry ``closed``, ``escalated``."""
        return self.call("POST", f"disputes/{dispute_id}/decide", {"outcome": outcome, **facts})

    def warn_of_fraud(self, charge_id: str, **facts: Any) -> dict[str, Any]:
        """An early fraud warning about a charge (``fraud_type``)."""
        return self.call("POST", f"charges/{charge_id}/fraud_warning", facts)

    def rates(self, **rates: int) -> dict[str, int]:
        """What a unit is worth from now on, in ten-thousandths of a złoty: ``eur=43000``."""
        return self.call("POST", "rates", rates)

    def movement(self, amount: int, **facts: Any) -> dict[str, Any]:
        """A balance transaction of the provider's own (``type``: ``adjustment``, ``stripe_fee`` or any other word;
        ``fee``, ``category``, ``description``)."""
        return self.call("POST", "movements", {"amount": amount, **facts})

    def release(self, name: str | None = None, target: str | None = None, **facts: Any) -> list[str]:
        """Let what is held happen: ``balance_transaction``, ``bank_answers``, ``refund_fails``, ``refund_succeeds``,
        ``payout_part``, ``payout_fails``, ``dispute_opens``, ``fraud_is_reported``."""
        return list(self.call("POST", "release", {"name": name, "target": target, **facts})["released"])

    def hold(self, holding: bool = True) -> None:
        """Keep new webhooks back until ``deliver`` (or send them at once again)."""
        self.call("POST", "hold", {"holding": holding})

    def deliver(self, order: str = "first_come") -> list[dict[str, Any]]:
        """Send what is held, delayed or to be tried again, wait for the outcome, and say how each went."""
        return list(self.call("POST", "deliver", {"order": order})["deliveries"])

    def deliveries(self) -> list[dict[str, Any]]:
        """Every delivery there was, with its attempts."""
        return list(self.call("GET", "deliveries")["deliveries"])

    def listen(self, url: str) -> str:
        """Send every event to ``url`` from now on, signed with ``webhook_secret``; the endpoint's id."""
        return str(self.call("POST", "webhooks", {"url": url, "secret": self.webhook_secret})["id"])

    def rotate(self, endpoint: str, *, secret: str | None = None, overlap: float = 86_400) -> str:
        """Give an endpoint a new secret; the old one signs as well for ``overlap`` seconds."""
        return str(
            self.call("POST", f"webhook_endpoints/{endpoint}/rotate", {"secret": secret, "overlap": overlap})["secret"]
        )

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Any call of the admin address; raises SandboxError."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the address of a sandbox, on this machine
            f"{self.url}/_sandbox/{path}", data=data, method=method
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=_LONGEST_ANSWER) as response:
                return dict(json.load(response))
        except urllib.error.HTTPError as error:
            with error:
                raise SandboxError(error.code, json.load(error)) from None


@contextlib.contextmanager
def start_in_thread(
    *,
    port: int = 0,
    seed: str | None = "tests",
    state: Path | None = None,
    webhook_url: str | None = None,
    key: str = KEY,
    webhook_secret: str = WEBHOOK_SECRET,
    check_answers: bool = True,
    **settings: Any,
) -> Iterator[Client]:
    """A sandbox in threads of this process, gone when the block ends.

    Each sandbox started with the same seed makes the same ids; pass ``seed=None`` where they must never repeat.
    """
    sandbox = Sandbox(Settings(seed=seed, state=state, check_answers=check_answers, **settings), port)
    sandbox.start()
    client = Client(sandbox.url, key=key, webhook_secret=webhook_secret)
    try:
        if webhook_url is not None:
            client.listen(webhook_url)
        yield client
    finally:
        sandbox.stop()


class SandboxProcess(contextlib.AbstractContextManager[Client]):
    """A sandbox in a process of its own, started as the command line starts it."""

    def __init__(self, *arguments: str, port: int = 0, key: str = KEY, webhook_secret: str = WEBHOOK_SECRET) -> None:
        self._arguments = [sys.executable, "-m", "stripe_sandbox", "--port", str(port), *arguments]
        self._key, self._webhook_secret = key, webhook_secret
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Client:
        root = str(Path(__file__).resolve().parent.parent)
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        self.process = subprocess.Popen(  # noqa: S603 - this interpreter and this package
            self._arguments, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the sandbox did not start (exit {self.process.wait()})")
        return Client(line.split()[-1], key=self._key, webhook_secret=self._webhook_secret)

    def __exit__(self, *_: object) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
