"""Proofs, checkpoints, tiles and published notes, read. These names are the contract with the rooms above."""

from seal.queries.log import (
    LogDocument,
    checkpoint,
    checkpoints,
    consistency_proof,
    inclusion_proof,
    leaf_of_report,
    log_document,
    log_root,
    report_leaves,
    verification_keys,
)
from seal.queries.note_paths import note_path
from seal.queries.notes import PublishedNotes, keeps_its_root, notes_file, notes_summary
from seal.queries.tiles import entries_tile, tile, tile_paths

__all__ = [
    "LogDocument",
    "PublishedNotes",
    "checkpoint",
    "checkpoints",
    "consistency_proof",
    "entries_tile",
    "inclusion_proof",
    "keeps_its_root",
    "leaf_of_report",
    "log_document",
    "log_root",
    "note_path",
    "notes_file",
    "notes_summary",
    "report_leaves",
    "tile",
    "tile_paths",
    "verification_keys",
]
