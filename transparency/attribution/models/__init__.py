"""Places on the lines, and what spending took of them."""
