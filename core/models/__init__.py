"""Staff, and the trail of what they did."""

from core.models.trail_entry import TrailEntry
from core.models.user import User

__all__ = ["TrailEntry", "User"]
