"""Where the stand-in's webhooks arrive: kept as they come, and handed over when the simulation asks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Post:
    """What arrived and was not taken yet."""

    def __init__(self) -> None:
        self.url = ""
        self._lock = threading.Lock()
        self._arrived: list[tuple[bytes, str]] = []

    def arrive(self, body: bytes, signature: str) -> None:
        with self._lock:
            self._arrived.append((body, signature))

    def take(self) -> list[tuple[bytes, str]]:
        """Everything since the last time, as (body, signature), in the order in which it came."""
        with self._lock:
            taken, self._arrived = self._arrived, []
        return taken


@contextmanager
def open_post() -> Iterator[Post]:
    """A letter box on the loopback."""
    post = Post()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            post.arrive(body, self.headers["Stripe-Signature"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing: thousands arrive."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    post.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield post
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
