"""The shop of the storefront's tests, with a payment provider."""

from tests.unit.shop.conftest import paying_shop, visitor

__all__ = ["paying_shop", "visitor"]
