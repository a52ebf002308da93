"""``python -m stripe_sandbox``: start a sandbox and answer until told to stop."""

import argparse
import errno
import signal
import sys
import threading
from pathlib import Path

from stripe_sandbox.objects import webhook_endpoint
from stripe_sandbox.server import Sandbox
from stripe_sandbox.world import Settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stripe_sandbox", description="A local stand-in for Stripe. No real money.")
    parser.add_argument("--port", type=int, default=8420, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep everything in this SQLite file")
    parser.add_argument("--seed", help="make the same ids again; by default none ever repeats")
    parser.add_argument("--account", default=Settings.account, help="the account's id (default: %(default)s)")
    parser.add_argument("--webhook-url", metavar="URL", help="send every event there")
    parser.add_argument("--webhook-secret", metavar="whsec_...", help="sign them with this secret")
    parser.add_argument("--public-url", default="", metavar="URL", help="where browsers reach this server")
    parser.add_argument("--blik-recurring", action="store_true", help="BLIK may be kept and charged again")
    parser.add_argument("--check-answers", action="store_true", help="compare each answer with the SDK's classes")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.webhook_url and not options.webhook_secret:
        parser.error("--webhook-url needs --webhook-secret")
    settings = Settings(
        account=options.account,
        state=options.state,
        seed=options.seed,
        base_url=options.public_url.rstrip("/"),
        blik_recurring=options.blik_recurring,
        check_answers=options.check_answers,
    )
    try:
        sandbox = Sandbox(settings, options.port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print(  # noqa: T201 - said to whoever started it
            f"Port {options.port} is in use; choose another with --port.",
            file=sys.stderr,
        )
        return 1
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    if options.webhook_url:
        webhook_endpoint.ensure(sandbox.world, options.webhook_url, options.webhook_secret, of_command_line=True)
    sandbox.start()
    # Whoever started it waits for this line, whose last word is the address.
    print(f"Stripe sandbox (no real money) on {sandbox.url}", flush=True)  # noqa: T201 - said to whoever started it
    stopped.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
