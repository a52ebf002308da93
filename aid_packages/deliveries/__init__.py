"""Goods and services: what was procured, stored, delivered, lost, and whom it reached, in units."""
