"""A sandbox on a free port and, where webhooks matter, somebody who receives them."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from stripe_sandbox.testing import WEBHOOK_SECRET, Client, start_in_thread
from tests.unit.stripe_sandbox.receiver import Receiver


@pytest.fixture
def sandbox() -> Iterator[Client]:
    """A sandbox that checks each of its answers against the SDK's classes."""
    with start_in_thread(delivery_timeout=30.0, retry_delays=(0.05, 0.05)) as client:
        yield client


@pytest.fixture
def api(sandbox: Client) -> stripe.StripeClient:
    """The official client."""
    return sandbox.stripe_client()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An endpoint that keeps what it is sent and verifies each signature."""
    kept = Receiver(secret=WEBHOOK_SECRET)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(kept.take(body.decode(), self.headers["Stripe-Signature"]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/webhook"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()
