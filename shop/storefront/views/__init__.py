"""The views of the public pages: each asks one question, or makes one act."""
