"""Another key signs from here on: a leaf says so, signed by the one before, and its checkpoint is signed by both."""

import base64
import json
from datetime import datetime

from seal.log_text import key_change_text
from seal.models import LogEntry, LogKind
from seal.operations.grow import add_leaf, hold_log
from seal.signing import signing_keys


class OldKeyMissing(Exception):
    """The key that signed until now was taken away before the log took note of its successor. Never expected.

    `vkey` is the one that is missing: put it behind the new one, once.
    """

    def __init__(self, *, vkey: str) -> None:
        super().__init__(f"SEAL_SIGNING_KEYS lacks the key that signed until now: {vkey}")
        self.vkey = vkey


def take_note_of_key(*, now: datetime) -> bool:
    """Adds a leaf for the key that signs, unless it is the last one noted. Says whether it did.

    In the caller's database transaction. The first key of a log signs for itself. Raises OldKeyMissing.
    """
    hold_log()
    keys = signing_keys()
    current = keys[0]
    last = LogEntry.objects.filter(kind=LogKind.KEY).order_by("-position").first()
    before = "" if last is None else str(json.loads(bytes(last.content))["key"])
    if before == current.vkey:
        return False
    signer = current
    if before:
        public = base64.b64decode(before.split("+", 2)[2])[1:]
        older = next((key for key in keys if key.public == public), None)
        if older is None:
            raise OldKeyMissing(vkey=before)
        signer = type(older)(name=before.split("+", 2)[0], public=older.public, private=older.private)
    signature = signer.sign(key_change_text(before=before, key=current.vkey).encode())
    add_leaf(
        kind=LogKind.KEY,
        report=None,
        record={"before": before, "key": current.vkey, "signature": base64.b64encode(signature).decode()},
        keys=[current] if signer is current else [current, signer],
        now=now,
    )
    return True
