"""Proofs, checkpoints and tiles, read."""
