"""The public pages: what a stranger reads, and the ways to give."""
