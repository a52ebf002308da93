"""Evidence: decoding, releasing, counting."""
