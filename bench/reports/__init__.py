"""How fast reports are made, read, sealed and printed."""
