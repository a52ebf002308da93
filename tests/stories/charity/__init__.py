"""A small charity, as its year needs it: what its donors, its provider, its banks and its staff do, by facts and operations."""
