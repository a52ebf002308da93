"""How fast the provider's notices are taken, and acted on; beside dj-stripe."""
