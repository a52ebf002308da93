"""Checking what is published: the page for donors, the files for everybody, and our own check for who has no JavaScript."""
