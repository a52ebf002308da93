"""Reading many donors has one door, `donors.bulk`: the code of the product is read, and nothing else may walk over them.

Two things are looked for: questions to the table of donors that may answer with more than one, and loops in which, through
however many calls, something of a donor is decrypted. What does either stands in a list here, with its reason.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("core", "ledger", "seal", "donors", "payments", "aid_packages", "transparency", "shop")
ONE_ROW = {"get", "first", "exists", "count", "create", "bulk_create", "get_or_create", "save", "update"}
"""A chain with one of these tells of one donor, of none by name, or writes."""
OPENERS = {"open_text", "open_bytes", "export_donor"}
"""Where ciphertexts become words; the export asks its holders by what they registered, which reading can't follow."""

MANY_DONORS = {
    "donors/bulk.py:_count_by_language": "the door",
    "donors/operations/rewrap_keys.py:rewrap_keys": "wraps keys anew; opens no field",
    "donors/operations/seal_seeds.py:_keys": "the seal keys of a report's gifts; opens no field",
    "donors/promises.py:_unlogged": "the audit: numbers of erased donors",
    "donors/promises.py:_undone": "the audit: numbers of erased donors",
    "transparency/operations/reader_mails.py:_tell": "the languages of those who are told of a report; opens no field",
}
DECRYPTING_LOOPS = {
    "donors/bulk.py:_addresses_refused": "the door",
    "donors/vault.py:read_contact": "the fields of one donor",
    "donors/operations/dedications.py:read_dedication": "the fields of one dedication",
    "donors/operations/dedications.py:release_dedications": "the dedications of one gift",
    "donors/operations/gift_details.py:read_gift_details": "the fields of one gift",
    "donors/operations/statutory.py:read_statutory_record": "the fields of one record",
    "donors/operations/own_cards.py:cards_of": "one donor's own cards",
    "donors/operations/export_donor.py:export_own": "one donor's own export",
    "donors/operations/export_donor.py:_dedications": "one donor's own export",
    "donors/operations/ask_for_link.py:sweep_sign_ins": "each address was typed minutes ago, and is forgotten",
    "donors/operations/send_mails.py:send_mail": "each mail is written to its own recipient",
    "donors/operations/send_mails.py:send_due_mails": "each mail is written to its own recipient",
    "payments/operations/mails.py:follow_moves": "each gift that is settled hands its own card to the outbox",
}


@dataclass(frozen=True)
class Module:
    name: str
    tree: ast.Module

    def functions(self) -> Iterator[ast.FunctionDef]:
        yield from (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef))

    def place(self, node: ast.AST) -> str:
        """The module and the innermost function around a node."""
        around = [f for f in self.functions() if any(inner is node for inner in ast.walk(f))]
        return f"{self.name}:{around[-1].name if around else ''}"


@cache
def product() -> list[Module]:
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")) if "migrations" not in file.parts]
    return [Module(str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))) for file in files]


def planted(source: str) -> list[Module]:
    """This room, and a module that shouldn't be."""
    room = [module for module in product() if module.name.startswith("donors/")]
    return [*room, Module("shop/staff/planted.py", ast.parse(source))]


def many_donors(modules: list[Module]) -> set[str]:
    """Where a question to the table of donors may answer with more than one of them."""
    found = set()
    for module in modules:
        if "Donor" not in ast.dump(module.tree):
            continue
        chains = [node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute | ast.Call)]
        inner = {id(part) for node in chains for part in (getattr(node, "func", None), getattr(node, "value", None))}
        for node in chains:
            names, base = _chain(node)
            asks = isinstance(base, ast.Name) and base.id == "Donor" and {"objects", "_default_manager"} & set(names)
            if asks and id(node) not in inner and not ONE_ROW & set(names):
                found.add(module.place(node))
    return found


def named_by_hand(modules: list[Module]) -> set[str]:
    """Where the table is named in a text, or a model is fetched by its name: neither is seen above."""
    return {
        module.place(node)
        for module in modules
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, str) and "donors_donor " in f"{node.value} ")
        or (isinstance(node, ast.Call) and _chain(node)[0][:1] == ["get_model"])
    }


def decrypting_loops(modules: list[Module]) -> set[str]:
    """Where a loop, or map, calls what opens a ciphertext: directly, or through other functions."""
    calls: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for module in modules:
        for function in module.tree.body:
            if isinstance(function, ast.FunctionDef) and _followed(module, function.name):
                calls.setdefault(_key(module, function.name), set()).update(_calls(module, function))
    opens = {("", name) for name in OPENERS}
    while more := {key for key, called in calls.items() if called & opens} - opens:
        opens |= more
    return {
        module.place(node)
        for module in modules
        for node in ast.walk(module.tree)
        if any(_calls(module, part) & opens for part in _repeated(node)) or _names(module, _mapped(node)) & opens
    }


def _chain(node: ast.AST) -> tuple[list[str], ast.AST]:
    names: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        else:
            node = node.func
    return names, node


def _key(module: Module, name: str) -> tuple[str, str]:
    """A private function is known in its module alone."""
    return (module.name if name.startswith("_") else "", name)


def _followed(module: Module, name: str) -> bool:
    """Calls are followed through this room and through private functions: what other rooms offer is about one gift.

    Not through the wrapping of keys: a key that is opened is not yet a word.
    """
    return module.name != "donors/wrapping.py" and (module.name.startswith("donors/") or name.startswith("_"))


def _calls(module: Module, node: ast.AST) -> set[tuple[str, str]]:
    """What is called under a node: by its name, or by its module's and its own."""
    called = [inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    return _names(module, called)


def _names(module: Module, functions: list[ast.expr]) -> set[tuple[str, str]]:
    plain = {function.id for function in functions if isinstance(function, ast.Name)}
    through = {
        function.attr
        for function in functions
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
    }
    return {_key(module, name) for name in plain | through}


def _mapped(node: ast.AST) -> list[ast.expr]:
    """What `map` is told to call for each."""
    maps = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"map", "filter"}
    return node.args[:1] if maps and isinstance(node, ast.Call) else []


def _repeated(node: ast.AST) -> list[ast.AST]:
    """The parts of a loop that run again and again; none if it is no loop."""
    if isinstance(node, ast.For):
        return list(node.body)
    if isinstance(node, ast.While):
        return [node.test, *node.body]
    if isinstance(node, ast.DictComp):
        return [node.key, node.value]
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return [node.elt, *(test for part in node.generators for test in part.ifs)]
    return []


def test_nothing_but_the_door_asks_for_many_donors() -> None:
    assert many_donors(product()) == set(MANY_DONORS)


def test_nothing_but_the_door_decrypts_in_a_loop() -> None:
    assert decrypting_loops(product()) == set(DECRYPTING_LOOPS)


def test_nothing_goes_around_by_name() -> None:
    assert named_by_hand(product()) == set()


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    return [donor.language for donor in Donor.objects.all()]",
        "def f():\n    return Donor.objects.filter(language='pl').iterator()",
        "def f():\n    rows = Donor.objects\n    return rows.all()",
        "def f():\n    return list(Donor._default_manager.values_list('pk'))",
    ],
)
def test_a_planted_walk_over_donors_is_found(source: str) -> None:
    assert many_donors(planted(source)) - set(MANY_DONORS) == {"shop/staff/planted.py:f"}


@pytest.mark.parametrize(
    "source",
    [
        "def f(ids):\n    for pk in ids:\n        own_contact(donor_id=pk)",
        "def f(ids):\n    return [reveal_contact(donor_id=pk, actor=a, reason=r, now=n) for pk in ids]",
        "def f(ids):\n    return {pk: operations.export_donor(donor_id=pk) for pk in ids}",
        "def f(rows):\n    return list(map(read_contact, rows))",
        "def _one(pk):\n    return own_contact(donor_id=pk).email\ndef f(ids):\n    return sorted(_one(pk) for pk in ids)",
        "def f(rows):\n    while rows:\n        open_text(key=k, sealed=rows.pop(), place=p)",
    ],
)
def test_a_planted_loop_that_decrypts_is_found(source: str) -> None:
    assert decrypting_loops(planted(source)) - set(DECRYPTING_LOOPS) == {"shop/staff/planted.py:f"}


@pytest.mark.parametrize(
    "source",
    [
        "def f(cursor):\n    cursor.execute('SELECT email FROM donors_donor')",
        "def f():\n    return apps.get_model('donors', 'Donor')",
    ],
)
def test_a_planted_name_is_found(source: str) -> None:
    assert named_by_hand(planted(source)) == {"shop/staff/planted.py:f"}
