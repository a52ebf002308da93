"""Two months of invented giving and helping, through the same operations that real ones take."""
