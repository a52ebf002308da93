"""Goods, lots, moves of stock, deliveries, services."""
