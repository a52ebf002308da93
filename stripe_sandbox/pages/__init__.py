"""The hosted pages."""

from stripe_sandbox.pages.reply import Reply
from stripe_sandbox.world import World


def answer(world: World, method: str, path: str, query: str, body: str) -> Reply:
    """The answer to a browser."""
    return Reply(404, "", {"Content-Type": "text/html; charset=utf-8"})
