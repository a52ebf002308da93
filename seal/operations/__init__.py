"""Sealing and publishing: what writes to the log."""
