"""Evidence, its grades and its releases."""
