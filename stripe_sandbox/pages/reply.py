"""What the server sends to a browser."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reply:
    """Status, body and headers."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
