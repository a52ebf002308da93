"""The command line: starting, being told apart from others, stopping."""

import ast
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import stripe

import stripe_sandbox
from stripe_sandbox.testing import Client, SandboxProcess
from tests.factories.stripe_sandbox import session_params
from tests.unit.stripe_sandbox.receiver import Receiver

PACKAGE = Path(stripe_sandbox.__file__).parent


def test_it_starts_serves_and_stops_when_told(tmp_path: Path, receiver: Receiver):
    state = tmp_path / "state.sqlite3"
    arguments = ["--state", str(state), "--webhook-url", receiver.url, "--webhook-secret", receiver.secret]
    running = SandboxProcess(*arguments, "--account", "acct_1Ours")
    with running as sandbox:
        api = sandbox.stripe_client()
        assert api.v1.accounts.retrieve_current().id == "acct_1Ours"
        session = api.v1.checkout.sessions.create(session_params())
        assert sandbox.pay(session.id)["result"] == "paid"
        sandbox.deliver()
        assert "checkout.session.completed" in receiver.kinds
        assert running.process is not None
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(60) == 0
    moved = ["--state", str(state), "--webhook-url", f"{receiver.url}?moved", "--webhook-secret", receiver.secret]
    interrupted = SandboxProcess(*moved)
    with interrupted as sandbox:
        endpoints = sandbox.stripe_client().v1.webhook_endpoints.list().data
        assert [each.url for each in endpoints] == [f"{receiver.url}?moved"]
        assert sandbox.stripe_client().v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
        assert interrupted.process is not None
        interrupted.process.send_signal(signal.SIGINT)
        assert interrupted.process.wait(60) == 0


def test_a_port_in_use_is_said_in_one_line():
    with SandboxProcess() as sandbox:
        port = sandbox.url.rpartition(":")[2]
        command = [sys.executable, "-m", "stripe_sandbox", "--port", port]
        second = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGE.parent, timeout=120, check=False)
    assert second.returncode == 1
    assert second.stderr == f"Port {port} is in use; choose another with --port.\n"
    assert second.stdout == ""


def test_it_stands_alone():
    """Nothing but the standard library, the SDK (with what it brings itself) and the package's own modules."""
    allowed = {"stripe", "stripe_sandbox", "typing_extensions", *sys.stdlib_module_names}
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in names} <= allowed, file.name


def test_no_key_of_a_real_account_opens_it(sandbox: Client):
    client = stripe.StripeClient("rk_live_" + "0" * 24, base_addresses={"api": sandbox.url})
    for call in (client.v1.balance.retrieve, client.v1.customers.create):
        with pytest.raises(stripe.AuthenticationError, match="no live key"):
            call()
