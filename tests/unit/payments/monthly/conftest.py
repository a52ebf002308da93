"""Each test that asks the provider has a sandbox of its own."""

from tests.integration.payments.conftest import sandbox

__all__ = ["sandbox"]
