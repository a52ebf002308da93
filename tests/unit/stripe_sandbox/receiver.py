"""Somebody who receives webhooks."""

from dataclasses import dataclass, field

import stripe


@dataclass
class Receiver:
    """Keeps what it was sent; answers with ``status``, but before that once with each of ``first``."""

    secret: str
    url: str = ""
    status: int = 200
    first: list[int] = field(default_factory=list)
    events: list[stripe.Event] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)

    def take(self, body: str, signature: str) -> int:
        """Verify and keep one delivery; the status to answer with."""
        self.bodies.append(body)
        self.signatures.append(signature)
        self.events.append(stripe.Webhook.construct_event(body, signature, self.secret))
        return self.first.pop(0) if self.first else self.status

    @property
    def kinds(self) -> list[str]:
        """The types of the events, in the order they came."""
        return [event.type for event in self.events]
