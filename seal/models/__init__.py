"""The log, its checkpoints, and the files of notes."""
