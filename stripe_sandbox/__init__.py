"""A local, stateful stand-in for Stripe's API: for development, demonstration and tests, never for real money.

It stands alone: it imports nothing but the standard library and the official ``stripe`` package, whose type
annotations are its contract. Start it with ``python -m stripe_sandbox`` or, in tests, ``stripe_sandbox.testing``.
"""

__version__ = "0.1.0"
