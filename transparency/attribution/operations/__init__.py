"""Lining gifts up, and attributing spending to them."""
