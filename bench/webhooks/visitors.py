"""A few visitors of the shop: each reads a public page, thinks a little, reads the next. `-m bench.webhooks.visitors`.

Two of four carry a cookie, as who has a basket does: for them no page comes ready-made from memory.
"""

import argparse
import http.client
import json
import threading
import time

PAGES = ("/pl/", "/pl/needs/warm-night/", "/pl/packages/warm-night/", "/en/", "/pl/give/", "/en/needs/warm-night/")
VISITORS = 4
THINK_SECONDS = 0.25


def visit(*, port: int, number: int, until: float, waits: list[float]) -> None:
    """One visitor. A page that is not a page is a mistake of the benchmark's."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": f"seen={number}"} if number % 2 else {}
    step = number
    while time.monotonic() < until:
        began = time.monotonic()
        connection.request("GET", PAGES[step % len(PAGES)], headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{PAGES[step % len(PAGES)]} answered {answer.status}")
        waits.append(time.monotonic() - began)
        step += 1
        time.sleep(THINK_SECONDS)


def main() -> None:
    """Prints how many pages were read, and how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    given = parser.parse_args()
    waits: list[float] = []
    until = time.monotonic() + given.seconds
    visitors = [
        threading.Thread(target=visit, kwargs={"port": given.port, "number": number, "until": until, "waits": waits})
        for number in range(VISITORS)
    ]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    waits.sort()
    told = {
        "pages": len(waits),
        "median_ms": waits[len(waits) // 2] * 1000,
        "p99_ms": waits[int(len(waits) * 0.99)] * 1000,
    }
    print(json.dumps({name: round(value, 1) for name, value in told.items()}))


if __name__ == "__main__":
    main()
