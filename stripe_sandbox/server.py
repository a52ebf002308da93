"""The HTTP server: one process, a thread for each connection, bound to the loopback address."""

import json
import socket
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from urllib.parse import urlsplit

from stripe_sandbox import __version__, admin, agenda, objects, pages  # noqa: F401 - objects registers its calls
from stripe_sandbox.api import Api, Request
from stripe_sandbox.contract import routes
from stripe_sandbox.delivery import Delivery
from stripe_sandbox.errors import ApiError, JsonObject
from stripe_sandbox.pages.reply import Reply
from stripe_sandbox.world import Settings, World

_HOST = "127.0.0.1"
_LARGEST_BODY = 2 * 1024 * 1024
_TICK_SECONDS = 0.25
# How soon the listening thread sees that it is to stop.
_POLL_SECONDS = 0.02
_LOCAL_NAMES = {"127.0.0.1", "localhost", "[::1]"}


class Sandbox:
    """A running sandbox. Port 0 takes a free one; raises OSError when the port is in use."""

    def __init__(self, settings: Settings, port: int = 0) -> None:
        self._server = _Server((_HOST, port), _Handler)
        self.url = f"http://{_HOST}:{self._server.server_port}"
        settings.base_url = settings.base_url or self.url
        self.world = World(settings)
        self.world.delivery = Delivery(self.world)
        self.api = Api(self.world)
        self._server.api = self.api
        self._server.world = self.world
        self._stopping = threading.Event()

    def start(self) -> None:
        """Answer from now on, in threads of its own."""
        routes.all_routes()
        threading.Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), name="sandbox", daemon=True).start()
        threading.Thread(target=self._tick, name="sandbox clock", daemon=True).start()

    def stop(self) -> None:
        """Take no more calls, send no more webhooks, close the state file."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self.world.close()

    def _tick(self) -> None:
        while not self._stopping.wait(_TICK_SECONDS):
            with self.world.lock:
                if not self._stopping.is_set():
                    agenda.run_due(self.world)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    api: Api
    world: World

    def server_bind(self) -> None:
        # HTTPServer's own asks the name service who we are, which may take seconds where there is none.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = _HOST, self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say what failed, without the caller's address; a caller that hung up is no failure."""
        if not isinstance(sys.exception(), ConnectionError):
            traceback.print_exc(file=sys.stderr)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = f"stripe_sandbox/{__version__}"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 120

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent class names it so
        """Nothing is logged: a line would hold the caller's address."""

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            return
        parts = urlsplit(self.path)
        if parts.path.startswith("/v1/"):
            self._api(parts.path, parts.query, body)
        elif parts.path == "/_sandbox" or parts.path.startswith("/_sandbox/"):
            self._admin(parts.path, body)
        else:
            language = self.headers.get("Accept-Language") or ""
            self._send(pages.answer(self.server.world, self.command, parts.path, body, language))

    def _body(self) -> str | None:
        """The request's body as text; None when it was refused."""
        try:
            length = int(self.headers.get("Content-Length") or 0)
            if length < 0 or "Transfer-Encoding" in self.headers:
                raise ValueError
            if length > _LARGEST_BODY:
                self._refuse_body(413, "The body is too large.")
                return None
            return self.rfile.read(length).decode()
        except ValueError:
            self._refuse_body(400, "The body can't be read.")
            return None

    def _refuse_body(self, status: int, message: str) -> None:
        """What is left of the body is in the way of another request on this connection."""
        self.close_connection = True
        self._send_json(status, {"error": {"type": "invalid_request_error", "message": message}})

    def _api(self, path: str, query: str, body: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.api.answer(Request(self.command, path, query, headers, body))
        if answer.hang_up:
            time.sleep(answer.wait)
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send_json(answer.status, answer.body, answer.headers)

    def _admin(self, path: str, body: str) -> None:
        """For programs on this machine: not for pages of other sites that a browser here has open."""
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if host not in _LOCAL_NAMES or "Origin" in self.headers or "Sec-Fetch-Site" in self.headers:
            self._send_json(403, {"error": {"type": "invalid_request_error", "message": "Not from here."}})
            return
        try:
            status, answer = 200, admin.answer(self.server.world, self.command, path, body)
        except ApiError as error:
            status, answer = error.status, error.body
        self._send_json(status, answer)

    def _send_json(self, status: int, body: JsonObject, headers: dict[str, str] | None = None) -> None:
        text = json.dumps(body, ensure_ascii=False)
        self._send(Reply(status, text, {"Content-Type": "application/json", **(headers or {})}))

    def _send(self, reply: Reply) -> None:
        data = reply.body.encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            # A header can't hold a line break, whoever wrote the value.
            self.send_header(name, value.replace("\r", "").replace("\n", ""))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
