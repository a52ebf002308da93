"""Oscar is forked in one place, and that fork is really in use."""

from pathlib import Path

import oscar
import pytest
from django.apps import apps
from django.urls import resolve
from django.utils import translation
from oscar.apps.order import utils as core
from oscar.core.loading import get_class

from shop.forks import checkout
from shop.forks.checkout.apps import CheckoutConfig
from shop.forks.checkout.order_creator import OrderCreator
from shop.forks.checkout.views import Checkout

ROOT = Path(__file__).resolve().parents[3]
FORKS = Path(checkout.__file__).parent
UPSTREAM = Path(oscar.__file__).parent / "templates" / "oscar"
OVERRIDDEN = sorted((ROOT / "templates" / "oscar").rglob("*.html"))


def test_the_checkout_in_use_is_ours() -> None:
    assert isinstance(apps.get_app_config("checkout"), CheckoutConfig)
    with translation.override("en"):
        assert resolve("/en/give/checkout/").func.view_class is Checkout
    assert issubclass(OrderCreator, core.OrderCreator)


def test_what_the_fork_leaves_alone_is_still_oscars() -> None:
    assert get_class("checkout.calculators", "OrderTotalCalculator").__module__ == "oscar.apps.checkout.calculators"


def test_only_the_checkout_is_forked_and_each_module_says_why() -> None:
    reasons = (FORKS.parent / "README.md").read_text()
    assert [folder.name for folder in FORKS.parent.iterdir() if (folder / "apps.py").exists()] == ["checkout"]
    for module in FORKS.glob("*.py"):
        assert module.name == "__init__.py" or f"`{module.name}`" in reasons, module.name


@pytest.mark.parametrize("template", OVERRIDDEN, ids=lambda path: str(path.relative_to(ROOT / "templates" / "oscar")))
def test_each_overridden_template_still_exists_upstream(template: Path) -> None:
    assert (UPSTREAM / template.relative_to(ROOT / "templates" / "oscar")).exists()
