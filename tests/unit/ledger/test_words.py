"""Every word of the books is explained: each member of an enum in its source, each kind in the documentation."""

import ast
import inspect
from enum import Enum
from pathlib import Path

import pytest

from ledger import models
from ledger.models import AccountKind, EntryKind, FundUse, PeriodStatus, Restriction

DOCS = Path(models.__file__).resolve().parent.parent.parent / "docs" / "ledger.md"


@pytest.mark.parametrize("enum", [EntryKind, FundUse, AccountKind, Restriction, PeriodStatus])
def test_every_member_has_a_sentence(enum: type[Enum]) -> None:
    [definition] = ast.parse(inspect.getsource(enum)).body
    assert isinstance(definition, ast.ClassDef)
    explained = {
        first.targets[0].id: second.value.value
        for first, second in zip(definition.body, definition.body[1:], strict=False)
        if isinstance(first, ast.Assign)
        and isinstance(first.targets[0], ast.Name)
        and isinstance(second, ast.Expr)
        and isinstance(second.value, ast.Constant)
    }
    assert explained.keys() == {member.name for member in enum}
    assert all(sentence.endswith(".") and " " in sentence for sentence in explained.values())


def test_the_documentation_names_every_kind_and_use() -> None:
    text = DOCS.read_text(encoding="utf-8")
    missing = [member.value for enum in (EntryKind, FundUse) for member in enum if f"`{member.value}`" not in text]
    assert missing == []
