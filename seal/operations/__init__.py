"""Sealing and publishing: what writes to the log. These names are the contract with the rooms above."""

from seal.operations.append import AlreadyInTheLog, append
from seal.operations.grow import Appended, BadRecord
from seal.operations.rotate import OldKeyMissing, take_note_of_key
from seal.operations.sealing import DoubledNote, SealedGift, seal_notes
from seal.operations.send import send_due
from seal.summary import NotesSummary

__all__ = [
    "AlreadyInTheLog",
    "Appended",
    "BadRecord",
    "DoubledNote",
    "NotesSummary",
    "OldKeyMissing",
    "SealedGift",
    "append",
    "seal_notes",
    "send_due",
    "take_note_of_key",
]
