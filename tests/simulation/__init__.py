"""Years of monthly giving, lived through on the provider's clock: what no single test would think of."""
