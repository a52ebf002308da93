"""What is written of the log: the text of a checkpoint, and what an old key signs when another follows it."""

import base64


def checkpoint_text(*, origin: str, size: int, root: bytes) -> str:
    """Origin, size and root, a line each (C2SP tlog-checkpoint)."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def key_change_text(*, before: str, key: str) -> str:
    """What the key before (none: the first one itself) signs."""
    return f"store-without-borders/key\n{before}\n{key}\n"
