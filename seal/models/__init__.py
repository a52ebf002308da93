"""The log, its checkpoints, the files of notes, and what has to leave the house."""

from seal.models.checkpoint import Checkpoint
from seal.models.log_entry import LogEntry, LogKind, LogNode, node_key
from seal.models.notes_file import NotesChunk, NotesFile
from seal.models.sending import Sending, SendingKind, SendingState

__all__ = [
    "Checkpoint",
    "LogEntry",
    "LogKind",
    "LogNode",
    "NotesChunk",
    "NotesFile",
    "Sending",
    "SendingKind",
    "SendingState",
    "node_key",
]
