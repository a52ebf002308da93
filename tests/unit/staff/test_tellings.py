"""Every refusal that an operation used by the desk documents is told in words, and every word of the trail has its label."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType

import pytest
from django.utils.translation import override

import shop.staff
from shop.staff.labels import ACTS, act_label, subject_label, subject_url
from shop.staff.refusals import TELLINGS, told

OF_THE_DESK = {"ReasonMissing", "TextError"}
"""Any act may raise these."""


def modules() -> list[ModuleType]:
    """Every module of the desk."""
    found = pkgutil.walk_packages(shop.staff.__path__, "shop.staff.")
    return [importlib.import_module(each.name) for each in found]


def is_operation(value: object) -> bool:
    """Whether it is a verb of the rooms below, as the desk calls them."""
    where = getattr(value, "__module__", "")
    return isinstance(value, FunctionType) and (
        ".operations" in where or where in {"donors.staff_view", "shop.staff.mails"}
    )


def called_by(module: ModuleType) -> Iterator[Callable[..., object]]:
    """The operations that a module names, by themselves or through a module."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        value: object = None
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            value = getattr(getattr(module, node.value.id, None), node.attr, None)
        elif isinstance(node, ast.Name):
            value = getattr(module, node.id, None)
        if is_operation(value):
            yield value  # type: ignore[misc]  # is_operation says it is a function


def documented(operation: Callable[..., object]) -> set[str]:
    """The errors that its docstring names after "Raises"."""
    said = re.sub(r"\b\w+\.DoesNotExist", "DoesNotExist", (operation.__doc__ or "").partition("Raises")[2])
    return {word.rpartition(".")[2] for word in re.findall(r"\b(?:[a-z_.]+\.)?[A-Z][a-z]+[A-Z]\w+\b", said)}


def test_each_documented_refusal_is_told() -> None:
    operations = {operation.__name__: operation for module in modules() for operation in called_by(module)}
    assert {"draft_allocation", "pay_advance", "record_purchase", "refund_donation", "publish_report"} <= set(
        operations
    )
    known = {kind.__name__ for kind in TELLINGS}
    untold = {
        f"{name}: {error}" for name, operation in operations.items() for error in documented(operation) - known
    } - {"draft_allocation: DoesNotExist", "offer_upgrade: ValueError"}  # what the desk's form can't send
    # No act's: the mails that tell of a redirect are queued by a task.
    assert not {one for one in untold if not one.startswith("queue_mail: ")}


def test_an_unknown_partner_or_region_is_told_too() -> None:
    from aid_packages.models import Partner, Region

    assert {Partner.DoesNotExist, Region.DoesNotExist} <= set(TELLINGS)


def test_what_is_not_named_stays_a_defect() -> None:
    with pytest.raises(KeyError):
        told(KeyError("a defect"))


def test_a_subclass_is_told_as_what_it_is() -> None:
    from core.trail import ReasonMissing

    class NoReasonAtAll(ReasonMissing):
        """A kind of it."""

    assert told(NoReasonAtAll("x")) == told(ReasonMissing("x"))


@pytest.mark.parametrize("language", ["pl", "en"])
def test_each_act_of_the_trail_has_words(language: str) -> None:
    with override(language):
        assert all(act_label(act) != act for act in ACTS)
        assert act_label("something.new") == "something.new"


def test_every_act_that_a_room_records_has_a_label() -> None:
    rooms = ("aid_packages.operations", "payments.operations", "donors", "shop.staff")
    recorded = set()
    for room in rooms:
        package = importlib.import_module(room)
        for each in pkgutil.walk_packages(package.__path__, f"{room}."):
            if ".migrations" in each.name or ".management" in each.name:
                continue
            source = inspect.getsource(importlib.import_module(each.name))
            recorded |= set(re.findall(r'\bact="([a-z_.]+)"', source))
            recorded |= set(re.findall(r'\bact, amount = "([a-z_.]+)"', source))
    assert {"allocation.drafted", "document.recorded", "refund", "mail.retried"} <= recorded
    assert not recorded - set(ACTS)


def test_things_are_named_and_linked() -> None:
    with override("en"):
        assert subject_label("allocation:12") == "Allocation 12"
        assert subject_url("allocation:12") == "/en/dashboard/desk/allocations/12/"
        assert (subject_label("donor:3"), subject_url("donor:3")) == ("Donor 3", "")
        assert (subject_label("thing:%s"), subject_url("allocation:x")) == ("thing:%s", "")
