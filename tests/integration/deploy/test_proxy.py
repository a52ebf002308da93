"""The proxy's very command line: it hands requests on, and tells nobody who made them."""

import os
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from shop.embedded import free_port
from tests.integration.deploy.test_commands import BINARIES, ROOT, answer, running, wait_for

SERVICE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["proxy"]


@pytest.fixture
def shop() -> Iterator[tuple[int, list[dict[str, str]]]]:
    """A server in the shop's place, and the headers of each request that reached it."""
    seen: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args: Any) -> None:
            """Silence: pytest shows what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, seen
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_proxy_hands_on_requests_and_no_addresses(shop: tuple[int, list[dict[str, str]]], tmp_path: Path) -> None:
    shop_port, seen = shop
    port = free_port()
    config = tmp_path / "Caddyfile"
    config.write_text((ROOT / "deploy/Caddyfile").read_text().replace("web:8000", f"127.0.0.1:{shop_port}"))
    command = [str(config) if part == "/etc/caddy/Caddyfile" else part for part in SERVICE["command"]]
    assert str(config) in command
    environment = {
        "PATH": f"{BINARIES}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "SITE_HOST": f"http://127.0.0.1:{port}",
        "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
    }
    log = tmp_path / "caddy.log"
    with running(command, environment, log) as proxy:
        wait_for(lambda: answer(f"http://127.0.0.1:{port}/pl/?from=log-canary") == 200, proxy, log)
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/pl/", headers={"X-Forwarded-For": "192.0.2.7"})
        urllib.request.urlopen(asked, timeout=60).close()
        time.sleep(0.2)
    for headers in seen:
        assert headers["x-forwarded-proto"] == "http"
        assert not {"x-forwarded-for", "x-real-ip", "forwarded"} & headers.keys()
        assert "192.0.2.7" not in str(headers)
    assert "log-canary" not in log.read_text(errors="replace"), "requests are not written down"
