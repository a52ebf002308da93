"""A stand-in for Stripe's API that only answers reads, from memory, after a realistic time: `-m bench.webhooks.stub`.

The shop's own sandbox keeps state and checks each call, in one Python process: at this pace it would be what is measured.
"""

import argparse
import asyncio
import json
import re
import sys
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from bench.webhooks.stripe_words import ACCOUNT_JSON, render, render_list

MISSING = json.dumps(
    {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "No such object"}}
).encode()
NO_FEATURES = json.dumps({"object": "list", "data": [], "has_more": False, "url": "/v1/products/features"}).encode()
OF_LISTS = {"invoice_payments": "inpay", "invoices": "in", "subscription_items": "si"}
_GIFT = re.compile(r"_([om][0-9]+)$")


class Answers(asyncio.Protocol):
    """One kept connection: a request at a time, its answer after `latency` seconds."""

    def __init__(self, *, latency: float, asked: Counter[str]) -> None:
        self._latency, self._asked = latency, asked
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's call."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """asyncio's call. Reads have no body, so a head is all of a request."""
        self._got += data
        while b"\r\n\r\n" in self._got:
            head, self._got = self._got.split(b"\r\n\r\n", 1)
            target = head.split(b" ", 2)[1].decode()
            loop = asyncio.get_running_loop()
            if target.startswith("/counts"):
                self._send(200, json.dumps(self._asked).encode())
                if target.endswith("?forget"):
                    self._asked.clear()
                continue
            self._asked[of_whom(target)] += 1
            loop.call_later(self._latency, self._send, *answer(target))

    def _send(self, status: int, body: bytes) -> None:
        if not self._transport.is_closing():
            head = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self._transport.write(head.encode() + body)  # type: ignore[attr-defined]  # asyncio types the base alone


def answer(target: str) -> tuple[int, bytes]:
    """Status and body for a path with its query."""
    split = urlsplit(target)
    query = parse_qsl(split.query)
    expand = tuple(value for name, value in query if name.startswith("expand"))
    parts = split.path.strip("/").split("/")[1:]
    try:
        if parts[0] in ("account", "accounts"):
            return 200, ACCOUNT_JSON
        if parts[0] in OF_LISTS and len(parts) == 1:
            gift = next(found for _, value in query if (found := _GIFT.search(value)))
            return 200, render_list(OF_LISTS[parts[0]], gift[1], split.path, expand)
        if parts[-1] == "features":
            return 200, NO_FEATURES
        return 200, render(parts[-1], expand)
    except (KeyError, IndexError, StopIteration):
        sys.stderr.write(f"not answered: {target}\n")
        return 404, MISSING


def of_whom(target: str) -> str:
    """The path, and which gift's list is meant where the path doesn't say."""
    split = urlsplit(target)
    whose = [value for name, value in parse_qsl(split.query) if _GIFT.search(value)]
    return "?".join([split.path, *whose])


async def serve(*, port: int, latency: float) -> None:
    """Answer until told to stop."""
    asked: Counter[str] = Counter()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answers(latency=latency, asked=asked), "127.0.0.1", port, backlog=512)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0.04, help="seconds until an answer")
    given = parser.parse_args()
    asyncio.run(serve(port=given.port, latency=given.latency))
