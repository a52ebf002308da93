"""Sending checkpoints out of the house: off unless asked for, to a time-stamping authority and to mirrors, tried again."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.x509 import load_pem_x509_certificate
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from seal.models import Checkpoint, Sending, SendingState
from seal.operations import send_due
from tests.unit.seal.test_log import publish

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 18, 9, 0, tzinfo=UTC)
OPENSSL = shutil.which("openssl")
CONFIG = """
[req]
distinguished_name = name
x509_extensions = stamping
prompt = no
[name]
CN = Authority of a test
[stamping]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = here
[here]
serial = serial
crypto_device = builtin
signer_cert = cert.pem
certs = cert.pem
signer_key = key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


@dataclass
class Listener:
    """Somebody on loopback who takes what is posted."""

    url: str = ""
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    answer: Callable[[bytes], tuple[int, bytes]] = lambda body: (200, b"")


@pytest.fixture
def listener() -> Iterator[Listener]:
    state = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.taken.append((self.headers["Content-Type"], body))
            status, answer = state.answer(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/"
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A time-stamping authority's folder, with a key of its own."""
    assert OPENSSL, "these tests need openssl"
    folder = tmp_path_factory.mktemp("authority")
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01\n")
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "3650"]
    subprocess.run([OPENSSL, *made, "-config", "tsa.cnf"], cwd=folder, check=True, capture_output=True)
    return folder


def stamped(authority: Path) -> Callable[[bytes], tuple[int, bytes]]:
    def answer(body: bytes) -> tuple[int, bytes]:
        (authority / "query.tsq").write_bytes(body)
        command = [OPENSSL, "ts", "-reply", "-queryfile", "query.tsq", "-config", "tsa.cnf", "-out", "reply.tsr"]
        subprocess.run(command, cwd=authority, check=True, capture_output=True)
        return 200, (authority / "reply.tsr").read_bytes()

    return answer


def test_nothing_leaves_the_house_unless_it_is_asked_for() -> None:
    publish()
    assert not Sending.objects.exists()
    assert send_due(now=NOW) == 0


def test_a_checkpoint_is_stamped_by_the_authority(settings, listener: Listener, authority: Path) -> None:
    settings.SEAL_TIMESTAMP_URL = listener.url
    listener.answer = stamped(authority)
    publish()
    assert listener.taken == [], "nothing is sent inside the publishing database transaction"
    assert send_due(now=later()) == 2
    assert {content_type for content_type, _ in listener.taken} == {"application/timestamp-query"}
    root = load_pem_x509_certificate((authority / "cert.pem").read_bytes())
    verifier = VerifierBuilder().add_root_certificate(root).build()
    for checkpoint in Checkpoint.objects.all():
        sending = checkpoint.sendings.get()
        assert sending.state == SendingState.DONE
        stamp = decode_timestamp_response(bytes(sending.answer))
        verifier.verify_message(stamp, checkpoint.text.encode())


def test_a_stamp_of_something_else_is_not_taken(settings, listener: Listener, authority: Path) -> None:
    settings.SEAL_TIMESTAMP_URL = listener.url
    honest, kept = stamped(authority), []

    def replayed(body: bytes) -> tuple[int, bytes]:
        kept.append(honest(body))
        return kept[0]

    listener.answer = replayed
    publish()
    assert send_due(now=later()) == 1
    assert Sending.objects.filter(state=SendingState.DUE, fault="NotTaken", answer=None).count() == 1


@pytest.mark.parametrize("answer", [b"", b"junk", b"0" * 70_000])
def test_junk_is_not_taken(settings, listener: Listener, answer: bytes) -> None:
    settings.SEAL_TIMESTAMP_URL = listener.url
    listener.answer = lambda body: (200, answer)
    publish()
    assert send_due(now=later()) == 0
    assert set(Sending.objects.values_list("state", flat=True)) == {SendingState.DUE}


def test_each_mirror_gets_each_checkpoint_once(settings, listener: Listener) -> None:
    settings.SEAL_MIRRORS = [f"{listener.url}one", f"{listener.url}other"]
    publish()
    assert send_due(now=later()) == 4
    assert send_due(now=later() + timedelta(days=1)) == 0
    texts = [checkpoint.text.encode() for checkpoint in Checkpoint.objects.all()]
    assert sorted(body for _, body in listener.taken) == sorted([*texts, *texts])


def test_a_mirror_that_is_away_is_tried_again_and_then_given_up(settings, listener: Listener) -> None:
    settings.SEAL_MIRRORS = [listener.url]
    publish()
    Sending.objects.exclude(checkpoint__size=2).update(state=SendingState.DONE)
    listener.answer = lambda body: (503, b"")
    now, tries = later(), 0
    while Sending.objects.filter(state=SendingState.DUE).exists():
        assert send_due(now=now) == 0
        assert send_due(now=now) == 0, "not at once again"
        tries += 1
        now += timedelta(days=1)
    assert tries == len(listener.taken) == 8
    assert Sending.objects.get(state=SendingState.GIVEN_UP).fault == "HTTPError"


def test_an_address_that_is_not_of_the_web_is_not_opened(settings, tmp_path: Path) -> None:
    settings.SEAL_MIRRORS = [(tmp_path / "x").as_uri()]
    publish()
    assert send_due(now=later()) == 0
    assert set(Sending.objects.values_list("fault", flat=True)) == {"NotTaken"}


def later() -> datetime:
    """A moment after whatever the test has published."""
    return datetime.now(UTC) + timedelta(seconds=1)
