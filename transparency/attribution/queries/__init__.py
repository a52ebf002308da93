"""A share of a gift in a spending, and what still waits."""
