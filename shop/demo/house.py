"""Starts what the demo needs, in order, keeps it running, and ends all of it."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import FrameType

from shop.demo.environment import demo_environment, sign_ins
from shop.demo.stamps import Stamp
from shop.embedded import OWNER_ROLE, EmbeddedPostgres, die_with_parent, embedded_valkey, port_is_free
from shop.messages import compile_stale

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = ROOT / "var" / "demo"
DATABASE = "store"
_START_SECONDS = 240
_STOP_SECONDS = 10


class Busy(RuntimeError):
    """The demo can't start here, for a reason that one line can say. Expected."""


class Interrupted(Exception):
    """Somebody asked the demo to end."""


class House:
    """The demo: two servers, the Stripe sandbox, web, worker and beat. Addresses are on the loopback."""

    def __init__(self, *, port: int, sandbox_port: int) -> None:
        self.port, self.sandbox_port = port, sandbox_port
        self._children: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._environment: dict[str, str] = {}

    def refuse_busy_ports(self) -> None:
        """Raises Busy, in one line, when another program listens where the demo would."""
        for name, port in (("PORT", self.port), ("SANDBOX_PORT", self.sandbox_port)):
            if not port_is_free(port):
                raise Busy(f"Port {port} is in use: end what listens there, or choose another with {name}=...")

    def run(self) -> int:
        """Runs until somebody ends it. Raises Busy."""
        HOME.mkdir(parents=True, exist_ok=True)
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, _interrupt)
        with contextlib.ExitStack() as stack:
            try:
                self._only_one(stack)
                self.refuse_busy_ports()
                self._start(stack)
                self._tell()
                self._watch()
            except Interrupted:
                for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(name, signal.SIG_IGN)
                print("\nEnding ...", flush=True)
        return 0

    # --- the steps ---

    def _only_one(self, stack: contextlib.ExitStack) -> None:
        lock = stack.enter_context((HOME / "lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("The demo is running already: `make stop` ends it.") from None
        pid_file = HOME / "pid"
        pid_file.write_text(str(os.getpid()))
        stack.callback(pid_file.unlink, missing_ok=True)

    def _start(self, stack: contextlib.ExitStack) -> None:
        postgres = EmbeddedPostgres(HOME / "postgres")
        postgres.start()
        stack.callback(postgres.stop)
        broker = stack.enter_context(embedded_valkey(home=HOME / "valkey"))
        stack.callback(self._end_children)
        if not (HOME / "stamps" / "content").exists():
            # A story that broke off half-way is told anew from the start.
            postgres.drop_database(DATABASE)
        fresh = postgres.ensure_database(DATABASE)
        self._environment = demo_environment(
            home=HOME,
            port=self.port,
            sandbox_port=self.sandbox_port,
            database=postgres.url(DATABASE),
            owner=postgres.url(DATABASE, role=OWNER_ROLE),
            broker=broker,
        )
        if fresh:
            for stamp in (HOME / "stamps").glob("*"):
                stamp.unlink()
            (HOME / "sandbox.sqlite3").unlink(missing_ok=True)
        compile_stale()
        self._prepare()

    def _prepare(self) -> None:
        migrations = Stamp(HOME / "stamps" / "migrations", ROOT, "*/migrations/*", "*/apps.py")
        static = Stamp(HOME / "stamps" / "static", ROOT, "shop/static/**/*", "requirements/base.txt")
        content = Stamp(HOME / "stamps" / "content", ROOT, "aid_packages/catalogue/*", "shop/demo/content/*.py")
        if not migrations.is_fresh():
            self._step("Preparing the database", "migrate", "--verbosity", "0")
            migrations.write()
        if not static.is_fresh():
            self._step("Gathering static files", "collectstatic", "--noinput", "--verbosity", "0")
            static.write()
        if not content.exists():
            self._tell_the_story()
            content.write()
        self._spawn("sandbox", *self._sandbox_command(listening=True))
        binaries = Path(sys.executable).parent
        self._spawn("web", str(binaries / "gunicorn"), "shop.wsgi", *self._gunicorn())
        celery = [str(binaries / "celery"), "-A", "shop", "--quiet"]
        self._spawn("worker", *celery, "worker", "-Q", "default,events,long,mail", "-c", "3", "--loglevel", "WARNING")
        self._spawn("beat", *celery, "beat", "-s", str(HOME / "beat-schedule"), "--pidfile=", "--loglevel", "WARNING")
        self._answers(self.port, "/healthz")

    def _gunicorn(self) -> list[str]:
        return [
            "--bind",
            f"127.0.0.1:{self.port}",
            "--workers",
            "2",
            "--threads",
            "4",
            "--preload",
            "--log-level",
            "warning",
        ]

    def _tell_the_story(self) -> None:
        """Past events need no webhook: the story settles its gifts itself, so the sandbox tells nobody of them."""
        self._spawn("sandbox", *self._sandbox_command(listening=False))
        self._answers(self.sandbox_port, "/")
        self._step("Living through two months of giving and helping", "load_demo")
        self._end_children()
        self._children.clear()

    def _sandbox_command(self, *, listening: bool) -> list[str]:
        command = [sys.executable, "-m", "stripe_sandbox", "--port", str(self.sandbox_port)]
        command += ["--state", str(HOME / "sandbox.sqlite3")]
        if not listening:
            return command
        command += ["--webhook-url", f"http://127.0.0.1:{self.port}/webhooks/stripe/"]
        return [*command, "--webhook-secret", self._environment["STRIPE_WEBHOOK_SECRETS"]]

    def _step(self, what: str, *command: str) -> None:
        print(f"{what} ...", flush=True)
        run = subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=self._environment)
        try:
            if run.wait():
                raise Busy(f"{what}: failed, see above.")
        finally:
            if run.poll() is None:
                run.kill()

    def _spawn(self, name: str, *command: str) -> None:
        log = HOME / f"{name}.log"
        with log.open("ab") as out:
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self._children.append((name, child))

    def _answers(self, port: int, path: str) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            self._complain_of_the_dead()
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).close()
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise Busy(f"Nothing answers on port {port}: see {HOME.relative_to(ROOT)}/*.log")

    def _complain_of_the_dead(self) -> None:
        for name, child in self._children:
            if child.poll() is not None:
                tail = (HOME / f"{name}.log").read_text(errors="replace")[-2000:]
                raise Busy(f"{name} has ended with {child.returncode}:\n{tail}")

    def _tell(self) -> None:
        shop = f"http://127.0.0.1:{self.port}"
        lines = ["", f"The shop            {shop}/", f"The staff's desk    {shop}/pl/dashboard/"]
        lines += [f"  {role:<17} {name} / {password}" for role, name, password in sign_ins(HOME)]
        lines += [
            f"The Stripe sandbox  http://127.0.0.1:{self.sandbox_port}/",
            f"Mails               {HOME.relative_to(ROOT)}/mail/",
        ]
        lines += ["", "Everything here is invented, and no money moves. Ctrl-C ends it.", ""]
        print("\n".join(lines), flush=True)

    def _watch(self) -> None:
        while True:
            time.sleep(0.5)
            self._complain_of_the_dead()

    def _end_children(self) -> None:
        for _, child in reversed(self._children):
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        for _, child in reversed(self._children):
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(child, signal.SIGKILL)
                child.wait()
            _signal_group(child, signal.SIGKILL)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)
