"""The whole shop on one machine, with invented content: `python -m shop.demo`."""
