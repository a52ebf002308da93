"""Recording goods and services."""
