"""What measures speed, beside peers, in one run."""
