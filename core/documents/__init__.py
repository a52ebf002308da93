"""Documents that leave the house: PDF, canonical JSON, tables."""
