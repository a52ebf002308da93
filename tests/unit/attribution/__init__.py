"""The lines of the funds."""
